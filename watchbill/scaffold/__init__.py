"""A product of one's own: seven decisions in, a whole small product out, which runs at once on its own sample."""
