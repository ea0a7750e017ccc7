"""The desk's own Postgres server: found, started, shared between commands, stopped with the last."""
