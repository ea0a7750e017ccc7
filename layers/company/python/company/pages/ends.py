"""How a slot ended, in the words of the brief and the slots page."""

SLOT_ENDS = {
    "succeeded": "succeeded",
    "skipped": "had nothing to do",
    "failed": "failed",
    "timed_out": "timed out",
    "missed": "missed",
    "withdrawn": "withdrawn",
    "running": "still running",
    "expected": "within their grace",
}
