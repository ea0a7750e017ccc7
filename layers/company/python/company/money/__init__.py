"""What may be spent, and what was: a fire's budget, and the brain's account of each call to a model."""
