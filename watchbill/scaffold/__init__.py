"""Writes a new product from seven decisions: a small complete one, which runs at once on its own sample."""
