"""The speed table: `make bench` or `python -m bench [--only NAME] [--json]`; ratios taken side by side in one run."""
