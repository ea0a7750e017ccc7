"""How a product looks up one of its entities: now, and as it was known at a past moment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from company.brain import Brain
from company.json_values import JsonObject

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver

LONGEST_NOTE = 500
"""Characters of the note with which a thing is marked as handled, in whatever way; in the brain a_note_is_short."""


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
    """Both take the name as somebody typed it, and change nothing.

    routes: the same for customers' programs, as company.api serves them; public are the paths that need no key, posted
    those to which a program posts what it has to say.
    document: their OpenAPI document.
    """

    now: Callable[[Brain, str], FoundEntity]
    as_of: Callable[[Brain, str, datetime], FoundEntity]
    routes: Callable[[], "LambdaFunctionUrlResolver"]
    public: frozenset[str]
    document: Callable[[], str]
    posted: frozenset[str] = frozenset()
