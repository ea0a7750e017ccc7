"""A model that works for an employee, behind one port. The book needs nothing of it."""
