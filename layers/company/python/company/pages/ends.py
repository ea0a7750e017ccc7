"""How a slot ended, as the brief and the slots page write it."""

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
