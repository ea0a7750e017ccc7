"""What one fire works with: a record that imports nothing of what runs it. Every tool and every book is given one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeVar

from company.aws.clients import Cloud
from company.brain import Brain
from company.errors import Refused, ToolError
from company.fire.beside import Beside, Threads
from company.fire.events import FireEvent
from company.fire.journal import Journal
from company.fire.kept import Kept
from company.fire.messages import EarlierNote, Message
from company.log import Log
from company.money.budget import FireBudget
from company.records import Record
from company.settings import Settings
from company.tools import Tool, call

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

    from company.vertical import Vertical

P = ParamSpec("P")
R = TypeVar("R")
Worker = Literal["book", "shadow", "model"]
Scan = Callable[["Fire", str, object], object]
LEASE_MARGIN_SECONDS = 60


def scan_nothing(_fire: "Fire", _place: str, _value: object) -> None:
    """For a fire in which nobody reads texts of others: no scan."""


@dataclass(frozen=True)
class Fire:
    """What one fire works with. now is the UTC time at which the slot was taken, and does not move."""

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
    load_vertical: Callable[[], "Vertical"]
    tools: Mapping[str, Tool] = field(default_factory=dict)
    scan: Scan = scan_nothing
    """Scans a tool's result for prompt injection (company.injection.scan)."""
    inbox: Sequence[Message] = ()
    pages: Mapping[str, str] = field(default_factory=dict)
    earlier: Sequence[EarlierNote] = ()
    """Notes of this role's crashed sessions, oldest first: this fire continues their work."""
    worker: Worker = "book"
    """Who works in this fire, once that is decided (company.owner.approvals)."""
    kept: Kept = field(default_factory=Kept)
    """From fire to fire of this container."""
    kept_for_this_fire: Kept = field(default_factory=Kept)
    journal: Journal = field(default_factory=Journal)
    beside: Beside = field(default_factory=lambda: Beside(Threads()))

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> "CoreSchema":
        """A tool's arguments are checked, and its fire is one: to describe all of a fire took 7 ms for each tool."""
        from pydantic_core import core_schema  # noqa: PLC0415

        return core_schema.is_instance_schema(cls)

    @property
    def vertical(self) -> "Vertical":
        """The product that this company sells."""
        return self.load_vertical()

    @property
    def lease_seconds(self) -> int:
        """How long a claimed task is held: longer than this session can last."""
        return session_seconds(self.record) + LEASE_MARGIN_SECONDS

    def learn(self, kind: str, body: str, *, task_id: int | None = None, **facts: object) -> None:
        """Stores a discovery at once, in a commit of its own, so that a later session finds it even after a crash."""
        self.brain.run("log_learned", session_id=self.session_id, kind=kind, body=body, facts=facts, task_id=task_id)
        self.log.info(body, kind=kind, task_id=task_id, **facts)

    def use(self, tool: Callable[Concatenate["Fire", P], R], /, *unnamed: P.args, **arguments: P.kwargs) -> R:
        """Calls a tool of this employee's list, as the book does: by its function, all arguments by name."""
        if unnamed:
            raise TypeError(f"{tool.__name__} takes its arguments by name, as a model gives them")
        result: R = self.use_named(tool.__name__, arguments)
        return result

    def use_named(self, name: str, arguments: Mapping[str, object]) -> Any:
        """The same by the tool's name, as a model calls it."""
        with self._counting_refusals():
            result = call(self.tools, name, self, dict(arguments))
        self.journal.note_tool(name)
        self.scan(self, name, result)
        self.log.debug("tool", tool=name, arguments=arguments)
        return result

    @contextmanager
    def _counting_refusals(self) -> Iterator[None]:
        try:
            yield
        except (Refused, ToolError) as error:
            refusal = error if isinstance(error, Refused) else error.__cause__
            if isinstance(refusal, Refused):
                self.journal.note_refusal(refusal.rule)
            raise


def session_seconds(record: Record) -> int:
    """How long a session may last, in the company's time: its budget, and a margin for boot and closing."""
    return record.budget.seconds + 15
