"""A company day, week or open end on the desk: what runs it, what it is fed, and what a model may cost in it."""
