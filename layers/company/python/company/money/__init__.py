"""What may be spent and what was spent: a fire's budget of seconds, and the brain's account of each call to a model."""
