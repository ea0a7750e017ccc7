"""What AWS and a database host do for a deployed company, simulated on the owner's desk for one command."""
