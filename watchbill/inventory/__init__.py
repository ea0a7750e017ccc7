"""Reads a customer's inventory out of the files that other tools write."""
