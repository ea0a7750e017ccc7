"""What the house promises, each promise a sentence."""
