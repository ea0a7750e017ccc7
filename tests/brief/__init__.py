"""The morning brief."""
