"""Each room of the staff, fired by its own event over a real brain."""
