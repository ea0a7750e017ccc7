"""The note that closes a fire: one or two plain lines with figures, and no figure that nobody looked up.

The brain checks the form of every note. Only the session knows what the tools answered, so a model's note is checked
here, and refused with what is wrong.
"""

import json
import re
from collections.abc import Iterable, Mapping

from company.errors import ToolError
from company.json_values import list_lengths
from company.outcomes import Evidence, Worked
from company.text.wording import in_letters, is_in_other_signs

MOST_NOTE = 600
"""Characters. The brief prints the first hundred of them, the CEO reads all."""
MOST_LINES = 2
MARKUP = re.compile(r"[<>`|*#\[\]{}]|://")
NUMBER = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?")
SPAN_ARGUMENTS = ("hours", "days")
"""Arguments whose number a note may repeat: 'in 24 h' is what was asked for."""


class KnownFigures:
    """Every figure that the tools of one session answered, and how many of anything there were."""

    def __init__(self) -> None:
        self._figures: set[float] = set()

    def add(self, result: object, arguments: Mapping[str, object] | None = None) -> None:
        """One tool's result, as a JSON value; of its arguments only the span that was asked for."""
        self._figures |= set(figures_of(result))
        spans = {name: value for name, value in (arguments or {}).items() if name in SPAN_ARGUMENTS}
        self._figures |= set(figures_of(spans))

    def unknown_in(self, note: str, evidence: Evidence) -> list[str]:
        """Figures of a note that neither a tool answered nor the evidence holds, in order."""
        known = self._figures | set(figures_of(evidence))
        in_digits = [number for number in NUMBER.findall(note) if not _is_known(number, known)]
        words = re.findall(r"[^\s,;:!?()./-]+", note)
        in_other_signs = [word for word in words if is_in_other_signs(word)]
        in_words = [word for _, word, value in in_letters(note) if word.lower() != "one" and float(value) not in known]
        return in_digits + in_other_signs + in_words


def form_error(note: str) -> str | None:
    """What is wrong with a note's form; None when nothing is."""
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


def check_note(ended: Worked, figures: KnownFigures, *, is_required: bool) -> None:
    """ToolError says what is wrong with a note. is_required: a manager closes no fire without one."""
    if not ended.note and not is_required:
        return
    if wrong := form_error(ended.note):
        raise ToolError(f"finish: the note is refused: {wrong}. One or two lines: figures, what changed, what is open")
    if unknown := figures.unknown_in(ended.note, ended.evidence):
        raise ToolError(
            f"finish: the note is refused: no tool answered {', '.join(unknown)}, and the evidence does not hold it. "
            "Say only figures that you looked up"
        )


def fit_note(note: str) -> str:
    """A book's note made to fit the form: names from feeds may hold any letter, and a bad day makes a long note."""
    lines = [" ".join(line.split()) for line in MARKUP.sub(" ", note).splitlines() if line.strip()]
    plain = "\n".join([*lines[: MOST_LINES - 1], " ".join(lines[MOST_LINES - 1 :])]).strip()
    return plain if len(plain) <= MOST_NOTE else plain[: MOST_NOTE - 3].rstrip() + "..."


def figures_of(value: object) -> Iterable[float]:
    """Each number in a JSON value, also inside text, and the length of each list."""
    for found in NUMBER.findall(json.dumps(value, ensure_ascii=False, default=str)):
        yield float(found.replace(",", ""))
    yield from map(float, list_lengths(value))


def _is_known(number: str, known: set[float]) -> bool:
    """A note may round: 41.2 may be written as 41, and a share of 0.83 as 83 %."""
    bare = number.rstrip(",").replace(",", "")
    figure, decimals = float(bare), len(bare.partition(".")[2])
    near = 0.5 * 10**-decimals + 1e-9
    return any(abs(fact - figure) <= near or (0 < fact < 1 and abs(100 * fact - figure) <= near) for fact in known)
