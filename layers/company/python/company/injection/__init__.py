"""Instructions hidden in data: the signs that give them away, and the scan that reports them."""
