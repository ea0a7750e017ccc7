"""The desk's own Postgres server: started by the first command that needs it, shared, stopped by the last."""
