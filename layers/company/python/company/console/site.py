"""What the console stands on: a way into the brain, the key, and how somebody is woken."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from company.brain import Brain


@dataclass(frozen=True)
class Site:
    """Built by the function on AWS and by `watchbill console` on the desk; every answer to a request comes from it.

    key: the console's one secret; too short a one opens nothing. wake: fires the named role at once, and gives whether
    it could. is_secure: whether browsers reach this by https, so that cookies are bound to it.
    """

    brain: Callable[[], Brain]
    key: str
    title: str
    zone: ZoneInfo
    desk: str
    wake: Callable[[str], bool]
    is_secure: bool = True
