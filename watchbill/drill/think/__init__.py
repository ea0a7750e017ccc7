"""The drill with employees who work by a model that errs at random, against a Messages API on this machine."""
