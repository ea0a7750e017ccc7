"""What the cloud of a company holds, on disk: kept as it changes, and there again for the next command."""
