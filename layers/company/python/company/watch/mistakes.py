"""What makes two failures the same mistake."""

import re

MOST_SIGNATURE = 160
"""Characters."""
PARTS = (
    (r"'[^']*'|\"[^\"]*\"", "'...'"),
    (r"\b[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}\b|\b[0-9a-fA-F]{16,}\b", "#"),
    (r"https?://\S+", "URL"),
    (r"\d+([.,:T-]\d+)*Z?", "#"),
    (r"\s+", " "),
)
"""Compiled at their first use: every fire imports this, and few have a failure."""


def signature(kind: str, message: str) -> str:
    """The message without what differs from time to time: numbers, times, names in quotes, addresses."""
    for pattern, replacement in PARTS:
        message = re.sub(pattern, replacement, message)
    return f"{kind}: {message.strip().lower()}"[:MOST_SIGNATURE]
