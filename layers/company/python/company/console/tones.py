"""Which tone a state has. A tone only colours a word: the word itself is always there."""

TONES = {
    **dict.fromkeys(
        ("succeeded", "done", "complete", "closed", "sent", "promoted", "proved", "ok", "accepted"), "good"
    ),
    **dict.fromkeys(("fresh", "healthy", "open for all", "running", "in_progress", "at work", "published"), "good"),
    **dict.fromkeys(("skipped", "withdrawn", "expected", "pending", "superseded", "stale task", "duplicate"), "plain"),
    **dict.fromkeys(("late", "blocked", "muted", "paused", "held", "waiting", "staged", "checked", "asked"), "warn"),
    **dict.fromkeys(("answered", "proposed", "recorded", "today", "never fired", "fenced", "ask"), "warn"),
    **dict.fromkeys(("failed", "missed", "timed_out", "crashed", "refused", "open", "ring", "stale", "bad"), "bad"),
    **dict.fromkeys(("bounced", "rejected", "complained", "stopped", "unknown", "undelivered"), "bad"),
}
