"""The frame that every product's data goes through: fetch, stage, check, promote, link, score, deliver.

Each step is a module whose functions take the fire and give the outcome; a machine in functions/ is a line around one.
Nothing is imported here: a machine pays at its cold start for its own step only.
"""
