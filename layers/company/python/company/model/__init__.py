"""What can think for an employee, behind one port. The book needs none of it."""
