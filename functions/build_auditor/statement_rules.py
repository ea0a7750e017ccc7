"""What the text of a changed statement may not have, whatever it gives: looked at before anything of it runs.

The login in which it runs can only read. This is for what no trial shows: what waits for another day, takes locks or
time, or knows its rows by heart; and that a check stays whole, because on rows that nobody has seen yet nothing else
shows that it still finds what it found.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

TOKEN = re.compile(
    r"""(?P<blank>\s+|--[^\n]*)|(?P<text>'(?:[^']|'')*')|(?P<quoted>"(?:[^"]|"")*")|(?P<value>%\([a-z_]+\)s|%%)"""
    r"""|(?P<number>\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[-+*/<>=~!@#^&|?.,:()\[\]])""",
    re.S,
)
ACTS = frozenset({
    "insert", "update", "delete", "merge", "into", "create", "alter", "drop", "grant", "revoke", "copy", "call", "do",
    "execute", "prepare", "set", "reset", "lock", "truncate", "listen", "notify", "for", "tablesample", "recursive",
})  # fmt: skip
CLOCKS = frozenset({
    "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_user", "session_user",
    "user", "current_role", "current_catalog", "current_schema", "now", "today", "tomorrow", "yesterday", "allballs",
})  # fmt: skip
"""What is another thing on another day, or for another login; also as a text that becomes a date."""
ENDS = frozenset({"except", "intersect", "order", "limit", "offset", "fetch", "for"})
"""What takes rows away from, or bounds, a whole statement."""
CALLED = frozenset({
    "abs", "all", "and", "any", "array", "array_agg", "array_length", "array_position", "array_remove",
    "array_to_string", "as", "avg", "between", "bool_and", "bool_or", "btrim", "by", "cardinality", "case", "cast",
    "ceil", "char_length", "coalesce", "concat", "concat_ws", "count", "date_part", "date_trunc", "dense_rank",
    "distinct", "else", "exists", "extract", "filter", "first_value", "floor", "format", "from", "greatest", "having",
    "in", "initcap", "is", "isfinite", "join", "lag", "last_value", "lateral", "lead", "least", "left", "length",
    "like",
    "ln", "lower", "ltrim", "make_date", "make_interval", "materialized", "max", "min", "mod", "not", "nullif", "on",
    "or", "over", "percent_rank", "position", "power", "rank", "regexp_count", "regexp_like", "regexp_match",
    "regexp_replace", "replace", "right", "round", "row", "row_number", "rtrim", "select", "sign", "split_part", "sqrt",
    "starts_with", "string_agg", "string_to_array", "strpos", "substring", "substr", "sum", "then", "translate", "trim",
    "trunc", "union", "unnest", "upper", "using", "values", "when", "where", "with", "within",
})  # fmt: skip
"""What may stand before a bracket: words of SQL, and functions that always give the same and touch nothing."""
LONGEST_LIST = 12
"""Constants in one pair of brackets: more are rows."""
LEAST_LETTERS = 4
"""Of a constant that is compared with keys."""


@dataclass(frozen=True)
class Token:
    """One word, sign or constant of a statement, in how many brackets it is, and where; is_apart: after a blank."""

    kind: str
    text: str
    depth: int
    is_apart: bool
    at: int = 0

    @property
    def word(self) -> str:
        """In small letters; a name in quotes as it is."""
        return self.text.lower() if self.kind == "word" else self.text[1:-1] if self.kind == "quoted" else ""

    @property
    def same(self) -> tuple[str, str]:
        return self.kind, self.text


class NoStatement(ValueError):
    """A text in which what is code and what is not cannot be separated with certainty."""


def tokens_of(text: str) -> list[Token]:
    """NoStatement for what needs another reading than this one: other quotes, comments in signs, unequal brackets."""
    found: list[Token] = []
    at, depth, is_apart = 0, 0, True
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise NoStatement(f"it has {text[at : at + 12]!r}, which no statement of a product needs")
        kind, piece, at = str(match.lastgroup), match.group(), match.end()
        if kind == "blank":
            is_apart = True
            continue
        depth -= piece in (")", "]")
        if depth < 0 or (piece == "*" and found and found[-1].text == "/" and not is_apart):
            raise NoStatement("its brackets are not equal, or a comment is in signs")
        if kind in ("text", "quoted") and found and not is_apart and found[-1].kind in ("word", "text", "quoted"):
            raise NoStatement(f"it has quotes of another kind: {found[-1].text}{piece}"[:80])
        if kind in ("text", "quoted") and found and not is_apart and found[-1].text == "&":
            raise NoStatement("it has quotes of another kind: U&")
        found.append(Token(kind, piece, depth, is_apart, match.start()))
        depth += piece in ("(", "[")
        is_apart = False
    if depth:
        raise NoStatement("its brackets are not equal")
    return found


def added_to(before: str, after: str) -> list[Token]:
    """What stands behind the whole of a statement; NoStatement where it does not stay whole, or nothing is added."""
    was, becomes = tokens_of(before), tokens_of(after)
    if [one.same for one in becomes[: len(was)]] != [one.same for one in was]:
        raise NoStatement("what it finds today does not stay whole: a check is never made weaker")
    added = becomes[len(was) :]
    if [one.word for one in added[:1]] != ["union"]:
        raise NoStatement("nothing is added behind it by UNION")
    if ends := [one.word for one in (*was, *added) if one.depth == 0 and one.word in ENDS]:
        raise NoStatement(f"{ends[0].upper()} would take rows away from the whole")
    return added


def broken_by_text(tokens: Sequence[Token], before: Sequence[Token] = ()) -> list[str]:
    """What new text may not have. before: the statement as it was, whose own calls are known."""
    words = {one.word for one in tokens if one.kind == "word"}
    texts = {one.text[1:-1].strip().lower() for one in tokens if one.kind == "text"}
    known = set(_calls(before)) | CALLED
    given = {one.text for one in before if one.kind == "value"} | {"%%"}
    asked = {one.text for one in tokens if one.kind == "value"}
    return [
        *(f"it asks for {value}, which nobody gives it" for value in sorted(asked - given)),
        *(f"it acts: {word.upper()}" for word in sorted(words & ACTS)),
        *(f"it asks for {word}, which is another on another day" for word in sorted((words | texts) & CLOCKS)),
        *(f"it calls {name}" for name in sorted(set(_calls(tokens)) - known)),
        *([f"it has a list of more than {LONGEST_LIST} constants"] if _longest(tokens) > LONGEST_LIST else []),
    ]


def known_by_heart(added: Sequence[Token], before: Sequence[Token], keys: Collection[str]) -> list[str]:
    """The new constants that are a key of what is found, or a part of one: the rows stand in the statement."""
    new = {_constant(one) for one in added} - {_constant(one) for one in before}
    long = sorted(text for text in new if len(text) >= LEAST_LETTERS)
    return [f"it has {text[:40]} by heart" for text in long if any(text in key or key in text for key in keys)]


def _constant(token: Token) -> str:
    return token.text[1:-1].strip("%") if token.kind == "text" else token.text if token.kind == "number" else ""


def _calls(tokens: Sequence[Token]) -> Iterator[str]:
    """Each name before a bracket, with its schema; a new name after AS, and a type's size, call nothing."""
    for number, one in enumerate(tokens):
        if one.text != "(" or number == 0 or not (name := tokens[number - 1].word):
            continue
        first = number - 1
        while first >= 2 and tokens[first - 1].text == "." and tokens[first - 2].word:
            first -= 2
            name = f"{tokens[first].word}.{name}"
        if first == 0 or (tokens[first - 1].word != "as" and tokens[first - 1].text != ":"):
            yield name


def _longest(tokens: Sequence[Token]) -> int:
    """The most constants in one pair of brackets."""
    counts, most = [0], 0
    for one in tokens:
        if one.text in ("(", "["):
            counts.append(0)
        elif one.text in (")", "]"):
            most = max(most, counts.pop())
        elif one.kind in ("text", "number"):
            counts[-1] += 1
    return max(most, *counts)
