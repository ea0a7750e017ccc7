"""What the company promises, each promise a sentence."""
