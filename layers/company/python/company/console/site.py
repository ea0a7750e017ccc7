"""What the console needs: a connection to the brain, the key, and the ways to what is outside the brain."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from company.api.strangers import Strangers
from company.brain import Brain
from company.json_values import JsonObject
from company.vertical import Vertical

GUESSES_PER_MINUTE = 10


@dataclass(frozen=True)
class Staffing:
    """Hires and retires in the checkout. Each says what was done, or why nothing was.

    hire: the fields of a role by their names, role and like among them; retire: the role, and whether those that it
    manages and watches go to its manager.
    """

    hire: Callable[[Mapping[str, str]], str]
    retire: Callable[[str, bool], str]


@dataclass(frozen=True)
class Site:
    """Built by the function on AWS and by `watchbill console` on the desk; every request is answered from it.

    key: the console's one secret; one that is too short opens nothing. call: fires a role at once, and
    says in a sentence what came of it. handle_key: with it
    customers' links are signed; without one none opens. is_secure: whether browsers reach this by https; then cookies
    are sent by https only. guesses: wrong keys by address. Only a desk has the others. switch: switches the
    schedule of a role on or off, as `watchbill pause` does; BadRequest says why it was not. test_alarms: sends a test
    through each alarm and says what came of it. staffing: the checkout's. read_inventory: the parameters of the query
    set_inventory out of the text of a file; BadRequest says what is wrong with it.
    """

    brain: Callable[[], Brain]
    key: str
    title: str
    zone: ZoneInfo
    desk: str
    call: Callable[[str], str]
    is_secure: bool = True
    handle_key: str = ""
    vertical: Vertical | None = None
    switch: Callable[[str, bool], str] | None = None
    test_alarms: Callable[[], str] | None = None
    staffing: Staffing | None = None
    read_inventory: Callable[[str], JsonObject] | None = None
    guesses: Strangers = field(default_factory=lambda: Strangers(GUESSES_PER_MINUTE))
