"""Which escalations are sent back: those that claim an investigation and show nothing of it."""

import re

from company.json_values import JsonObject

LEAST_WORDS = 3
HOLLOW = {
    *("a", "above", "all", "an", "as", "be", "below", "body", "checked", "done", "error", "everything", "evidence"),
    *("fine", "here", "i", "is", "issue", "it", "looked", "n", "na", "no", "none", "nothing", "of", "ok", "okay"),
    *("problem", "same", "see", "something", "tbd", "test", "the", "there", "to", "todo", "unknown", "was", "yes"),
}
"""Words that name nothing. Evidence needs some that do."""


def missing(evidence: JsonObject, body: str = "") -> str | None:
    """What an escalation does not show, in words for its sender; None when there is something to act on."""
    checked, showed = (str(evidence.get(part) or "") for part in ("checked", "showed"))
    if _is_hollow(checked):
        return f'what was looked at: "{checked}" names nothing that somebody could look at again'
    if _is_hollow(showed):
        return f'what that showed: "{showed}" says nothing of what was seen'
    if _words(checked) == _words(showed):
        return "what that showed: it repeats what was looked at"
    if _words(showed) == _words(body):
        return "what that showed: it repeats the request"
    return None


def _is_hollow(text: str) -> bool:
    words = _words(text)
    return len(words) < LEAST_WORDS or not set(words) - HOLLOW


def _words(text: str) -> list[str]:
    return re.findall(r"[\w.-]*\w", text.lower())
