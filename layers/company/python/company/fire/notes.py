"""The note that closes a fire: one or two plain lines with figures, and no figure that nobody looked up.

The brain holds everybody to the form (140_inbox.sql). Whose figures they are only the session can tell, which saw what
the tools answered: a model's note is checked here, and refused with the fault that it is to mend.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from company.errors import ToolError
from company.json_values import lengths
from company.outcomes import Done

MOST_NOTE = 600
"""Characters. The brief prints the first hundred of them, the CEO reads all."""
MOST_LINES = 2
MARKUP = re.compile(r"[<>`|*#\[\]{}]|://")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
NAMED_BY_SPAN = ("hours", "days")
"""Arguments whose number a note may repeat: 'in 24 h' is what was asked for."""


class Heard:
    """Every figure that the tools of one session answered, and how many of anything there were."""

    def __init__(self) -> None:
        self._figures: set[float] = set()

    def hear(self, answer: Any, arguments: Mapping[str, Any] | None = None) -> None:
        """One tool's answer, as data that JSON can say; of its arguments only the span that was asked for."""
        self._figures |= set(figures_of(answer))
        spans = {name: value for name, value in (arguments or {}).items() if name in NAMED_BY_SPAN}
        self._figures |= set(figures_of(spans))

    def strays(self, note: str, evidence: Mapping[str, Any]) -> list[str]:
        """Figures of a note that neither a tool answered nor the evidence holds, in order."""
        known = self._figures | set(figures_of(evidence))
        return [said for said in NUMBER.findall(note) if not _is_known(said, known)]


def fault(note: str) -> str | None:
    """What of the form a note breaks, in words; None when it is sound."""
    if not note.strip():
        return "it says nothing"
    if len(note) > MOST_NOTE:
        return f"it has {len(note)} characters of {MOST_NOTE}"
    if note.strip().count("\n") >= MOST_LINES:
        return f"it has more than {MOST_LINES} lines"
    if found := MARKUP.search(note):
        return f"it holds markup ({found.group()}); plain words only"
    if not any(letter in "0123456789" for letter in note):
        return "it has no figure; say how many, of how many, or how old"
    return None


def require_sound(done: Done, heard: Heard, *, is_owed: bool) -> None:
    """ToolError names the fault of a note. is_owed: a manager closes no fire without one."""
    if not done.note and not is_owed:
        return
    if wrong := fault(done.note):
        raise ToolError(f"finish: the note is refused: {wrong}. One or two lines: figures, what changed, what is open")
    if strays := heard.strays(done.note, done.evidence):
        raise ToolError(
            f"finish: the note is refused: no tool answered {', '.join(strays)}, and the evidence does not hold it. "
            "Say only figures that you looked up"
        )


def fitted(note: str) -> str:
    """A book's note in its form: names out of feeds may bring any letter, and a bad day more than fits."""
    lines = [" ".join(line.split()) for line in MARKUP.sub(" ", note).splitlines() if line.strip()]
    plain = "\n".join([*lines[: MOST_LINES - 1], " ".join(lines[MOST_LINES - 1 :])]).strip()
    return plain if len(plain) <= MOST_NOTE else plain[: MOST_NOTE - 3].rstrip() + "..."


def figures_of(thing: Any) -> Iterable[float]:
    """Each number in it, also within words, and the length of each list."""
    for found in NUMBER.findall(json.dumps(thing, ensure_ascii=False, default=str)):
        yield float(found.replace(",", ""))
    yield from map(float, lengths(thing))


def _is_known(said: str, known: set[float]) -> bool:
    """41.2 may be told as 41, and a share of 0.83 as 83 %: a figure is known when a fact rounds to it."""
    bare = said.rstrip(",").replace(",", "")
    number, decimals = float(bare), len(bare.partition(".")[2])
    near = 0.5 * 10**-decimals + 1e-9
    return any(abs(fact - number) <= near or (0 < fact < 1 and abs(100 * fact - number) <= near) for fact in known)
