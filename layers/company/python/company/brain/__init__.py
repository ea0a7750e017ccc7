"""The shared Postgres: a session's connection, its named queries, and how migrate builds it."""

from company.brain.connection import Brain, connect

__all__ = ["Brain", "connect"]
