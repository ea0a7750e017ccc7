"""Finds prompt injection: text of others that speaks to the model which reads it, instead of telling it something.

Plain patterns, narrow on purpose: what the world writes of software is full of "ignore", "system" and "execute", and a
watch that cries wolf is heard by nobody. They are only the alarm. What they miss has no rights either (docs/fire.md).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from functools import cached_property
from typing import Any

_WHOSE = r"(?:your|previous|prior|earlier|preceding|foregoing|above|existing|original|initial|current|system|safety)"
_ORDERS = r"(?:instruction|direction|directive|prompt|guideline|guardrail)s?"
_RULES = r"(?: (?:your|previous|prior|earlier|above)){1,3} (?:rule|order|command|constraint)s?"
_TOOL = r"[`'\"]?[a-z]{2,}(?:_[a-z]{2,})+[`'\"]?"
_MODEL = r"(?:ai|llm|(?:large )?language model|claude|gpt|chatgpt|gemini)"
_CALL = r"(?:call|use|invoke|run|execute|trigger)(?: the| your)?"
_FROM, _TO = "(?<![a-z])", "(?![a-z])"
SHORTEST = 12
"""Characters; nothing shorter gives an order."""
MOST_LOOKED_AT = 200_000
SHOWN = 120
INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_DROPPED = dict.fromkeys(map(ord, INVISIBLE))
# What a sign is made of comes apart in here, so that telling of a find is not found again; plain letters for the page.
_DEFANGED = str.maketrans("<>[]{}|#`'\". ", "()()()//...,\u00b7")


@dataclass(frozen=True)
class Sign:
    """One way to speak to a model. patterns are of folded text, and mean the same to Python and to Postgres.

    anchors: without one of them no pattern can match; looking for them first costs a tenth.
    """

    name: str
    anchors: tuple[str, ...]
    patterns: tuple[str, ...]

    @property
    def pattern(self) -> str:
        return "|".join(self.patterns)

    @cached_property
    def compiled(self) -> "re.Pattern[str]":
        return re.compile(self.pattern)

    def may_be_in(self, folded: str) -> bool:
        """Whether it is worth looking: hidden letters have no anchor, but are never ASCII."""
        return any(anchor in folded for anchor in self.anchors) if self.anchors else not folded.isascii()


SIGNS = (
    Sign(
        "sets aside orders",
        ("ignore", "disregard", "forget", "override", "set aside", "do not follow", "stop following"),
        (
            rf"{_FROM}(?:ignore|disregard|forget|override|set aside|do not follow|stop following)"
            r"(?: (?:all|any|every|each|the|of|these|those|my|and|about)){0,4}"
            rf"(?:(?: {_WHOSE}){{1,3}}(?: [a-z]+)? {_ORDERS}|{_RULES}){_TO}",
            rf"{_FROM}(?:ignore|disregard|forget) (?:all|any|every|everything)(?: (?:of|the|your)){{0,2}}"
            r" (?:instructions|you were told|said above|written above)",
            rf"{_FROM}(?:ignore|disregard|forget) (?:the )?(?:{_ORDERS}|rules|orders) (?:above|of the house)",
        ),
    ),
    Sign(
        "plays a part of the conversation",
        (
            *(
                "<system",
                "</system",
                "<assistant",
                "</assistant",
                "<developer",
                "</developer",
                "<|",
                "<<sys>>",
                "inst]",
            ),
            *("<data name=", "</data>", "function_calls>", "tool_result>", "tool_use>", "# system", "# instruction"),
        ),
        (
            r"</?(?:system|assistant|developer)(?:[ _-](?:prompt|message|instructions?))?>",
            r"<\|(?:im_start|im_end|system|assistant|user|endoftext|eot_id|start_header_id)\|>|<<sys>>|\[/?inst\]",
            r"<data name=|</data> ?[^ ]|</?(?:[a-z]+:)?(?:function_calls|tool_result|tool_use)>",
            r"#{2,4} (?:system|instruction)s?:",
        ),
    ),
    Sign(
        "gives its reader another part",
        (
            *("you are now", "you are no longer", "from now on", "henceforth", "your new", "your real", "your true"),
            "your system prompt",
        ),
        (
            rf"{_FROM}you are (?:now|no longer) (?:an?|the|in|acting|bound|free|my|our|under|[a-z]+_[a-z]+){_TO}",
            rf"{_FROM}(?:from now on|henceforth),? (?:you|act|behave|answer|respond){_TO}",
            r"your (?:new|real|true) (?:instruction|task|role|order|goal|rule)s? (?:is|are|:)",
            rf"{_FROM}(?:reveal|print|repeat|show|leak|output)(?: me)? your system prompt",
        ),
    ),
    Sign(
        "speaks to a model",
        (" ai", " llm", "language model", "claude", "gpt", "gemini"),
        (
            rf"{_FROM}(?:dear|attention|note to|message (?:to|for)|instructions? (?:to|for))[,:]?"
            rf" (?:all |any |the |every )?{_MODEL}s?{_TO}",
            rf"{_FROM}(?:as|if you are|you are) an? {_MODEL}(?: (?:model|agent|assistant))?[,:.]",
        ),
    ),
    Sign(
        "orders a tool",
        (" tool",),
        (
            rf"{_FROM}{_CALL} tool:? {_TOOL}",
            rf"{_FROM}{_CALL} {_TOOL} tool{_TO}",
        ),
    ),
    Sign("is hidden from people", (), ("[\U000e0020-\U000e007f]{4}",)),
)


@dataclass(frozen=True)
class Found:
    """A sign in a text. field: where in what was read, as a path of names; excerpt: a few defanged words around it.

    words: what the pattern matched, the same wherever the text is met again.
    """

    field: str
    sign: str
    excerpt: str
    words: str


def fold(text: str) -> str:
    """As the patterns expect it: small letters, one blank for many, one form for each letter, nothing invisible."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_DROPPED)
    return " ".join(plain.lower().split())


def signs_in(text: str) -> Iterator[tuple[Sign, "re.Match[str]"]]:
    """The signs that a text shows, each once."""
    if len(text) < SHORTEST:
        return
    folded = fold(text[:MOST_LOOKED_AT])
    for sign in SIGNS:
        if sign.may_be_in(folded) and (match := sign.compiled.search(folded)):
            yield sign, match


def look(value: Any, field: str = "") -> Iterator[Found]:
    """Every text in a value of JSON's shapes: what shows a sign, the first sign of each text."""
    match value:
        case str():
            for sign, match in signs_in(value):
                yield Found(field or "text", sign.name, defang(match.string, match.start()), match[0])
                return
        case Mapping():
            for name, part in value.items():
                yield from look(str(name), "name")
                yield from look(part, f"{field}.{name}" if field else str(name))
        case list() | tuple():
            for part in value:
                yield from look(part, field)
        case _ if is_dataclass(value):
            yield from look(vars(value), field)


def defang(text: str, at: int = 0) -> str:
    """A short piece of a text that shows what it says and is no order any more, not even to this module."""
    piece = text[max(0, at - SHOWN // 4) :][:SHOWN]
    return "".join(letter if letter.isascii() else "?" for letter in piece).translate(_DEFANGED)
