"""The commands: one module for each, with the name that its owner types, and one for a part of `customers`."""
