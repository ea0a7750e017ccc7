"""A company day, week or unlimited run on the desk: running it, its feeds, and what a model may cost in it."""
