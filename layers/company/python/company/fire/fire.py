"""What one fire works with: a record that knows nobody who runs it. Every tool and every book is handed one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from company.aws import Cloud
from company.brain import Brain
from company.fire.events import FireEvent
from company.fire.journal import Journal
from company.fire.messages import EarlierNote, Message
from company.log import Log
from company.money.budget import FireBudget
from company.records import Record
from company.settings import Settings
from company.tools import Tool, call
from company.vertical import Vertical

P = ParamSpec("P")
R = TypeVar("R")
Worker = Literal["book", "shadow", "model"]
Scan = Callable[["Fire", str, Any], object]
LEASE_MARGIN_SECONDS = 60


def scan_nothing(_fire: "Fire", _place: str, _value: Any) -> None:
    """For a fire in which nobody reads: no scan."""


@dataclass(frozen=True)
class Fire:
    """What one fire works with. now is frozen when the slot is taken and is UTC."""

    role: str
    record: Record
    event: FireEvent
    session_id: int
    continues: int | None
    now: datetime
    brain: Brain
    settings: Settings
    cloud: Cloud
    budget: FireBudget
    log: Log
    load_vertical: Callable[[], Vertical]
    tools: Mapping[str, Tool] = field(default_factory=dict)
    scan: Scan = scan_nothing
    """Looks for instructions in what a tool answered (company.injection.scan)."""
    inbox: Sequence[Message] = ()
    pages: Mapping[str, str] = field(default_factory=dict)
    earlier: Sequence[EarlierNote] = ()
    """Notes of this role's crashed sessions, oldest first: the work goes on from there."""
    worker: Worker = "book"
    """Who acts in this fire, once that is known (company.owner.approvals)."""
    journal: Journal = field(default_factory=Journal)

    @property
    def vertical(self) -> Vertical:
        """The product that this company sells."""
        return self.load_vertical()

    @property
    def lease_seconds(self) -> int:
        """How long a claimed task is held: longer than this session can live."""
        return session_seconds(self.record) + LEASE_MARGIN_SECONDS

    def learn(self, kind: str, body: str, *, task_id: int | None = None, **facts: Any) -> None:
        """Keeps a discovery at once, in a commit of its own: whatever happens next, the next session finds it."""
        self.brain.run("log_learned", session_id=self.session_id, kind=kind, body=body, facts=facts, task_id=task_id)
        self.log.info(body, kind=kind, task_id=task_id, **facts)

    def use(self, tool: Callable[Concatenate["Fire", P], R], /, *_: P.args, **arguments: P.kwargs) -> R:
        """Calls a tool of this employee's list, as the book does: by the function, all arguments by name."""
        result: R = self.use_named(tool.__name__, arguments)
        return result

    def use_named(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """The same by the tool's name, as a model calls it."""
        result = call(self.tools, name, self, dict(arguments))
        self.journal.note_tool(name)
        self.scan(self, name, result)
        self.log.debug("tool", tool=name, arguments=arguments)
        return result


def session_seconds(record: Record) -> int:
    """How long a session may live, in the company's time: its budget, and a margin for boot and closing."""
    return record.budget.seconds + 15
