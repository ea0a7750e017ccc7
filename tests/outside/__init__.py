"""Feeds as they have hurt others, read from the project's neighbour folder where there is one."""
