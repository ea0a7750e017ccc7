"""What must agree with what, and what stays out of where. A new room is complete when these pass."""
