"""The seven questions before any file of a product is written, and the strict reading of the answers."""

import re
import shlex
from dataclasses import dataclass, fields

from watchbill.errors import DeskError

RHYTHMS = {
    "hourly": "cron(5 * * * ? *)",
    "6-hourly": "cron(5 0/6 * * ? *)",
    "daily": "cron(5 5 * * ? *)",
}
WORD = re.compile(r"[a-z][a-z0-9_]{0,30}")
# Words that a column, a schema or a Python module cannot be called.
TAKEN = {"user", "table", "order", "group", "select", "from", "to", "row", "rows", "name", "entity", "score", "company"}


@dataclass(frozen=True)
class ProductWords:
    """The words of a product in which it is asked about: its name, and those of the answers that are given already."""

    product: str
    row: str
    source: str
    column: str
    matters: str
    served: str

    @classmethod
    def own(cls, product: str, *, row: str | None, sources: str | None) -> "ProductWords":
        """Of a product that is being made; row and sources: the answers so far."""
        key = (row or "").partition(":")[0].strip() or "row"
        feed = next(iter((sources or "").split()), product)
        return cls(product, key, feed, "size 0 100", f"how much a {key} matters; proved by what follows", "customers")


OF_THE_EXAMPLE = ProductWords(
    "coast", "buoy", "tides", "height -5 20", "how near a flood is; proved by a gauge above its mark", "harbours"
)


@dataclass(frozen=True)
class ProductQuestion:
    """One question: its option, its text, and an example answer; both with places for the product's words."""

    option: str
    text: str
    answer: str

    def asks(self, words: ProductWords = OF_THE_EXAMPLE) -> str:
        return self.text.format(**vars(words))

    def example_in(self, words: ProductWords) -> str:
        return self.answer.format(**vars(words))

    @property
    def example(self) -> str:
        return self.example_in(OF_THE_EXAMPLE)


QUESTIONS = (
    ProductQuestion("row", "1. What is one row of {product}, and its id?  ID: TEXT", "{row}: one reading of one {row}"),
    ProductQuestion(
        "sources",
        "2. Which sources bring a {row}, how often (hourly, 6-hourly, daily), under what terms?"
        "  NAME URL RHYTHM TERMS, ';' between",
        "{source} https://{source}.invalid/now.json hourly public domain",
    ),
    ProductQuestion(
        "stamp", "3. Which field of {source} holds the time of an edition?  its KEY in the document", "measured_at"
    ),
    ProductQuestion(
        "bad",
        "4. What does a bad batch of {source} look like?  COLUMN LEAST MOST, drop N %, fresh N hours",
        "{column}, drop 5 %, fresh 29 hours",
    ),
    ProductQuestion(
        "same",
        "5. When do two rows of different sources mean the same {row}?",
        "two rows with the same number are the same {row}",
    ),
    ProductQuestion(
        "score",
        "6. What does the score of a {row} predict, and which later event proves it?",
        "{matters} within 48 hours",
    ),
    ProductQuestion(
        "leaves",
        "7. Who gets what of {product}, and what must never be sent?",
        "{served} get a page each morning; a customer's filters are never sent",
    ),
)


@dataclass(frozen=True)
class Answers:
    """The seven answers as given."""

    row: str
    sources: str
    stamp: str
    bad: str
    same: str
    score: str
    leaves: str


@dataclass(frozen=True)
class SourceDecision:
    """One source."""

    name: str
    url: str
    rhythm: str
    terms: str

    @property
    def schedule(self) -> str:
        return RHYTHMS[self.rhythm]

    @property
    def logical_id(self) -> str:
        return "Scrape" + "".join(word.capitalize() for word in self.name.split("_"))


@dataclass(frozen=True)
class ProductDecisions:
    """What the answers mean for the files."""

    row: str
    key: str
    sources: tuple[SourceDecision, ...]
    stamp: str
    value: str
    least: float
    most: float
    drop_percent: float
    fresh: str
    same: str
    score: str
    leaves: str

    @property
    def drop(self) -> float:
        return self.drop_percent / 100


def examples() -> Answers:
    """The example answers, which fit together."""
    return Answers(**{question.option: question.example for question in QUESTIONS})


def read_answers(answers: Answers) -> ProductDecisions:
    """Reads the answers. DeskError names the answer with a wrong form and shows a right one."""
    for field in fields(answers):
        if not getattr(answers, field.name).strip():
            raise _wrong(field.name, "is empty")
    key, _, row = answers.row.partition(":")
    value, least, most, drop, fresh = _bad(answers.bad)
    texts = {name: getattr(answers, name).strip().rstrip(".") for name in ("same", "score", "leaves")}
    decisions = ProductDecisions(
        row=row.strip().rstrip("."),
        key=_word("row", key),
        sources=_sources(answers.sources),
        stamp=_word("stamp", answers.stamp),
        value=_word("bad", value),
        least=least,
        most=most,
        drop_percent=drop,
        fresh=fresh,
        **texts,
    )
    if not decisions.row or decisions.key == decisions.value:
        raise _wrong("row", "needs an id of its own and a text")
    return decisions


def _sources(text: str) -> tuple[SourceDecision, ...]:
    feeds = [_feed(part) for part in text.split(";") if part.strip()]
    if not feeds or len({feed.name for feed in feeds}) != len(feeds):
        raise _wrong("sources", "names one source twice, or none")
    return tuple(feeds)


def _feed(text: str) -> SourceDecision:
    try:
        name, url, rhythm, *terms = shlex.split(text)
    except ValueError:
        raise _wrong("sources", f"{text.strip()!r} is not NAME URL RHYTHM TERMS") from None
    if not re.match(r"https?://[^\s\"\\]+$", url) or rhythm not in RHYTHMS or not terms:
        raise _wrong("sources", f"{text.strip()!r} is not NAME URL RHYTHM TERMS")
    return SourceDecision(_word("sources", name), url, rhythm, " ".join(terms))


def _bad(text: str) -> tuple[str, float, float, float, str]:
    number = r"(-?\d+(?:\.\d+)?)"
    pattern = (
        rf"\s*(\w+)\s+{number}\s+{number}\s*,\s*drop\s+{number}\s*%\s*,\s*fresh\s+(\d+\s+(?:minutes|hours|days))\s*"
    )
    found = re.fullmatch(pattern, text)
    if found is None or float(found[2]) >= float(found[3]) or not 0 <= float(found[4]) <= 100:
        raise _wrong("bad", "is not COLUMN LEAST MOST, drop N %, fresh N hours")
    return found[1], float(found[2]), float(found[3]), float(found[4]), found[5]


def _word(option: str, text: str) -> str:
    word = text.strip()
    if not WORD.fullmatch(word) or word in TAKEN:
        raise _wrong(option, f"{word!r} cannot name a column or a source (lower-case letters, digits, _)")
    return word


def _wrong(option: str, what: str) -> DeskError:
    [question] = [one for one in QUESTIONS if one.option == option]
    return DeskError(f'--{option} {what}. {question.asks()} For example: --{option} "{question.example}"')
