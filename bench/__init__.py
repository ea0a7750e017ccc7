"""The speed table: `make bench` or `python -m bench [--only NAME] [--json]`; ratios measured in one run."""
