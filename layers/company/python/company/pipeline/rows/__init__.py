"""From stored bytes to rows in force: staged, checked, promoted, linked, scored; and what of it is reported."""
