"""Which files must agree, and what must not be in which. A new role or room is complete when these pass."""
