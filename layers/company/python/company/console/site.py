"""What the console needs: a connection to the brain, the key, and a way to wake a role."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from company.brain import Brain


@dataclass(frozen=True)
class Site:
    """Built by the function on AWS and by `watchbill console` on the desk; every request is answered from it.

    key: the console's one secret; one that is too short opens nothing. wake: fires a role at once and returns whether
    that worked. handle_key: with it customers' links are signed; without one none opens. is_secure: whether browsers
    reach this by https; then cookies are sent by https only.
    """

    brain: Callable[[], Brain]
    key: str
    title: str
    zone: ZoneInfo
    desk: str
    wake: Callable[[str], bool]
    is_secure: bool = True
    handle_key: str = ""
