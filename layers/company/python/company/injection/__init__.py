"""Prompt injection: the signs by which text in data gives orders to a model, and the scan that reports them."""
