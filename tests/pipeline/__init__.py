"""The pipeline, from bytes to deliveries, over a real Postgres, a real HTTP server on loopback, and moto for the bucket."""
