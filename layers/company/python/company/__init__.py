"""The operating system of a company that runs itself; it knows no product."""
