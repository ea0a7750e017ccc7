"""Faults that are planted on purpose, on a day or over the drill's week, and the verdict on who noticed them."""
