"""Everything that is known of one CVE, now or at a past moment: for the command line and for customers' programs."""

from datetime import datetime
from typing import TYPE_CHECKING

from company.brain import Brain
from company.vertical import FoundEntity, Lookup

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver


def _now(brain: Brain, written: str) -> FoundEntity:
    """Imported when called: what writes pages and scores does not look CVEs up."""
    from patchfirst.lookup import reading, wording

    answer = reading.read_answer(brain, written)
    return FoundEntity(answer.model_dump(mode="json"), wording.page(answer), answer.is_known)


def _as_of(brain: Brain, written: str, at: datetime) -> FoundEntity:
    from patchfirst.lookup import reading, wording

    answer = reading.read_past(brain, written, at)
    return FoundEntity(answer.model_dump(mode="json"), wording.page(answer), answer.is_known)


def _routes() -> "LambdaFunctionUrlResolver":
    from patchfirst.lookup.api import routes

    return routes()


def _document() -> str:
    from patchfirst.lookup.api import document

    return document()


PUBLIC = frozenset({"/v1/health", "/v1/openapi.json"})
POSTED = frozenset({"/v1/handled"})
LOOKUP = Lookup(now=_now, as_of=_as_of, routes=_routes, public=PUBLIC, posted=POSTED, document=_document)
