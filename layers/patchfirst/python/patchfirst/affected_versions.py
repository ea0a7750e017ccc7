"""Of which versions of a product a source says that they are affected, in one text that the brain compares.

Parts are joined by '|'. Each begins with + (affected), - (unaffected) or ? (unknown), and goes on with its bounds, as
in '>=1.0 <1.2' or '=1.4'; with '~' where nobody can compare them; or with nothing, for what no other part holds.
Without such a last part the others are unknown, as the CVE record format has it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from company.json_values import JsonObject
from company.vertical import Details
from patchfirst.cves import read_text

MARKS = {"affected": "+", "unaffected": "-", "unknown": "?"}
NUMBER = r"[vV]?[0-9]{1,18}(?:\.[0-9]{1,18}){0,9}"
COMPARABLE = re.compile(NUMBER)
EXPRESSION = re.compile(rf"(?:>=|<=|>|<|=) ?{NUMBER}(?:(?: |, ?)(?:>=|<=|>|<|=) ?{NUMBER})*")
BOUND = re.compile(rf"(>=|<=|>|<|=) ?({NUMBER})")
FROM_THE_FIRST = frozenset({"", "0", "*", "-", "n/a", "unspecified"})
EVERY = frozenset({"*", "all", "all versions"})
ANY_OF = re.compile(r"(?P<begin>(?:[0-9]{1,18}\.)*)(?P<last>[0-9]{1,18})\.[*x]")
NOT_COMPARED, COMMITS = "~", "~commits"
MOST_PARTS, LONGEST = 60, 2000
TYPES_WITHOUT_ORDER = frozenset({"git"})
"""A commit's number says nothing of what comes after it."""
CPE_BOUNDS = {
    "versionStartIncluding": ">=",
    "versionStartExcluding": ">",
    "versionEndIncluding": "<=",
    "versionEndExcluding": "<",
}


def parts_of_entry(entry: JsonObject) -> list[str]:
    """The parts of one entry of `affected` in a CVE record, without the last one for all other versions.

    Who reads the entry's names counts what is unreadable in it.
    """
    uncounted = Details()
    given = uncounted.objects("affected", entry.get("versions"))
    return [part for version in given for part in _parts(version, uncounted)]


def default_of_entry(entry: JsonObject) -> str:
    """How the entry marks every other version; '' where it does not say, which is unknown."""
    return MARKS.get(str(entry.get("defaultStatus") or "unknown").strip().lower(), "")


def part_of_cpe(match: JsonObject, version: Sequence[str]) -> str:
    """What one of NVD's matches says. version: of its CPE name, the version and its update."""
    bounds = [(sign, match[name]) for name, sign in CPE_BOUNDS.items() if match.get(name)]
    if bounds:
        return "+" + _written(bounds)
    number, update = [*version, "*", "*"][:2]
    if update not in ("*", "-", "") or number in ("-", ""):
        return "+" + NOT_COMPARED
    return "+" + (">=0" if number == "*" else _written([("=", number)]))


def is_of_commits(parts: Sequence[str]) -> bool:
    """Whether all that is said is said in commits, which nobody here can put in order."""
    return bool(parts) and all(part.endswith(COMMITS) for part in parts)


def joined(parts: Sequence[str], default: str = "") -> str:
    """One text of all parts; one that would be too long is nothing that can be compared."""
    distinct = list(dict.fromkeys(parts))
    text = "|".join([*distinct, *([default] if default not in ("", "?") else [])])
    return text if len(distinct) <= MOST_PARTS and len(text) <= LONGEST else "+" + NOT_COMPARED


def _parts(given: JsonObject, details: Details) -> Iterator[str]:
    """A range may change its status within: each change begins a part of its own."""
    mark = _mark(given.get("status") or "affected")
    version, below, until = (
        read_text(details, "affected", given.get(n)) for n in ("version", "lessThan", "lessThanOrEqual")
    )
    if str(given.get("versionType")).lower() in TYPES_WITHOUT_ORDER:
        yield mark + COMMITS
    elif not (below or until):
        yield mark + _single(version)
    else:
        end = [("<", below)] if below else [_until(until)]
        begin: list[tuple[str, str]] = [] if version.lower() in FROM_THE_FIRST else [(">=", version)]
        for change in details.objects("affected", given.get("changes")):
            at = read_text(details, "affected", change.get("at"))
            if _is_beyond(at, *end[0]):
                continue
            yield mark + _written([*begin, ("<", at)])
            mark, begin = _mark(change.get("status")), [(">=", at)]
        yield mark + _written([*begin, *(bound for bound in end if bound[1] != "*")])


def _mark(status: object) -> str:
    return MARKS.get(str(status).strip().lower(), "?")


def _is_beyond(at: str, sign: str, end: str) -> bool:
    """Whether a change comes after all that its range holds, and so changes nothing of it."""
    if not (COMPARABLE.fullmatch(at) and COMPARABLE.fullmatch(end)):
        return False
    return numbers_of(at) >= numbers_of(end) if sign == "<" else numbers_of(at) > numbers_of(end)


def numbers_of(version: str) -> list[int]:
    """As the brain compares versions: 1.2 is 1.2.0."""
    numbers = [int(number) for number in version.lstrip("vV").split(".")]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    return numbers


def _until(version: str) -> tuple[str, str]:
    """The bound of `lessThanOrEqual`; 6.6.* is every version of 6.6."""
    if any_of := ANY_OF.fullmatch(version):
        return "<", f"{any_of['begin']}{int(any_of['last']) + 1}"
    return "<=", version


def _single(version: str) -> str:
    """One version, or an expression that assigners write in its place, as in '>= 1.0, < 1.2'."""
    if version.lower() in EVERY:
        return ">=0"
    if EXPRESSION.fullmatch(version):
        return _written(BOUND.findall(version))
    return _written([("=", version)])


def _written(bounds: Sequence[tuple[str, object]]) -> str:
    """The bounds, when each of them can be compared; no bound holds every version."""
    if not all(isinstance(number, str) and COMPARABLE.fullmatch(number) for _, number in bounds):
        return NOT_COMPARED
    return " ".join(f"{sign}{number}" for sign, number in bounds) or ">=0"


def merged(containers: Sequence[Mapping[tuple[str, str], tuple[list[str], str]]], pair: tuple[str, str]) -> str:
    """What all containers say of a product; of every other version the first that names it, who is the assigner."""
    saying = [container[pair] for container in containers if pair in container]
    return joined([part for parts, _ in saying for part in parts], saying[0][1] if saying else "")
