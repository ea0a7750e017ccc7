"""A customer's dashboard: one page that holds everything it needs, and asks the network for nothing."""
