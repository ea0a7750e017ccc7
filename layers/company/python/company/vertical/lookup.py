"""How a product looks up one of its entities: now, and as it was known at a past moment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from company.brain import Brain
from company.json_values import JsonObject


@dataclass(frozen=True)
class FoundEntity:
    """What is known of an entity: facts as JSON has them, and the same as a page of text.

    is_known: False where no source has it, or where the name is none; facts and text say which.
    """

    facts: JsonObject
    text: str
    is_known: bool


@dataclass(frozen=True)
class Lookup:
    """Both take the name as somebody typed it, and change nothing."""

    now: Callable[[Brain, str], FoundEntity]
    as_of: Callable[[Brain, str, datetime], FoundEntity]
