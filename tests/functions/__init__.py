"""Each role, fired by its own event over a real brain."""
