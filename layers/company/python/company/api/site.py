"""What the API needs: a connection to the brain, the product's routes, and whether requests are counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from company.api.strangers import Strangers
from company.brain import Brain

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver

    from company.log import Log


@dataclass(frozen=True)
class ApiSite:
    """Built once per warm container, and by `watchbill api` on the desk.

    routes: the product's, as Powertools resolves them; `public` are the paths that need no key, and `posted` those to
    which a program posts JSON; all others are only read. is_limited: False on a
    desk, where the clock stands still and no bucket would ever fill again.
    """

    brain: Callable[[], Brain]
    routes: Callable[[], LambdaFunctionUrlResolver]
    public: frozenset[str]
    log: Log
    strangers: Strangers
    posted: frozenset[str] = frozenset()
    is_limited: bool = True
