"""The signs of prompt injection: text of others that gives orders to the model that reads it.

The patterns are narrow: ordinary text about software is full of "ignore", "system" and "execute", and nobody reads an
alarm that is usually false. They only raise the alarm. Text that they miss has no rights either (docs/fire.md).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from functools import cached_property

_WHOSE = r"(?:your|previous|prior|earlier|preceding|foregoing|above|existing|original|initial|current|system|safety)"
_ORDERS = r"(?:instruction|direction|directive|prompt|guideline|guardrail)s?"
_RULES = r"(?: (?:your|previous|prior|earlier|above)){1,3} (?:rule|order|command|constraint)s?"
_TOOL = r"[`'\"]?[a-z]{2,}(?:_[a-z]{2,})+[`'\"]?"
_MODEL = r"(?:ai|llm|(?:large )?language model|claude|gpt|chatgpt|gemini)"
_CALL = r"(?:call|use|invoke|run|execute|trigger)(?: the| your)?"
_FROM, _TO = "(?<![a-z])", "(?![a-z])"
SHORTEST = 12
"""Characters; a shorter text gives no order."""
MOST_SCANNED = 200_000
SHOWN = 120
INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_DROPPED = dict.fromkeys(map(ord, INVISIBLE))
# Replaces the characters that signs are made of, so that the report of a sign is not a sign itself.
_DEFANGED = str.maketrans("<>[]{}|#`'\". ", "()()()//...,\u00b7")


@dataclass(frozen=True)
class Sign:
    """One way to give orders to a model. The patterns are for normalized text; Python and Postgres read them alike.

    anchors: without one of them no pattern can match; a search for them first costs a tenth.
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

    def may_match(self, text: str) -> bool:
        """Whether the patterns can match: hidden letters have no anchor, but are never ASCII."""
        return any(anchor in text for anchor in self.anchors) if self.anchors else not text.isascii()


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
class FoundSign:
    """A sign in a text. field: the path of names to the text; excerpt: a few defanged words around the sign.

    matched: what the pattern matched; it is the same when the same text is read again elsewhere.
    """

    field: str
    sign: str
    excerpt: str
    matched: str


def normalize(text: str) -> str:
    """The text as the patterns expect it: lower case, single blanks, one form of each letter, nothing invisible."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_DROPPED)
    return " ".join(plain.lower().split())


def match_signs(text: str) -> Iterator[tuple[Sign, "re.Match[str]"]]:
    """The signs in a text, each once, with the match."""
    if len(text) < SHORTEST:
        return
    normalized = normalize(text[:MOST_SCANNED])
    for sign in SIGNS:
        if sign.may_match(normalized) and (match := sign.compiled.search(normalized)):
            yield sign, match


def find_signs(value: object, field: str = "") -> Iterator[FoundSign]:
    """The first sign of each text in a JSON value, names included."""
    match value:
        case str():
            for sign, match in match_signs(value):
                yield FoundSign(field or "text", sign.name, defang(match.string, match.start()), match[0])
                return
        case Mapping():
            for name, part in value.items():
                yield from find_signs(str(name), "name")
                yield from find_signs(part, f"{field}.{name}" if field else str(name))
        case list() | tuple():
            for part in value:
                yield from find_signs(part, field)
        case _ if is_dataclass(value):
            yield from find_signs(vars(value), field)


def defang(text: str, at: int = 0) -> str:
    """A short piece of a text that can still be read and gives no order any more, not even to this module."""
    piece = text[max(0, at - SHOWN // 4) :][:SHOWN]
    return "".join(letter if letter.isascii() else "?" for letter in piece).translate(_DEFANGED)
