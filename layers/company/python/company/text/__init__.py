"""Bytes and text that come from outside: how they are decoded, and what of them is kept and shown."""
