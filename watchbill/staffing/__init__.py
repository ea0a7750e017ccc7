"""Hiring and retiring roles: both edit the checkout and take effect with the next deploy."""
