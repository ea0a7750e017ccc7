"""The pipeline, from bytes to deliveries: a real Postgres, a real HTTP server on loopback, moto for the bucket."""
