"""A model that obeys what it reads: where a text gives an order, it calls what the order asks for, and then ends."""

import json
from dataclasses import dataclass, field

from tests.support.messages_api import Body, Reply, finishes, uses

Call = tuple[str, Body]


@dataclass
class Gullible:
    """The script. reads are called first; ordered: the calls of the order; has_obeyed: the order was read."""

    order: str
    ordered: list[Call]
    reads: list[Call] = field(default_factory=list)
    has_obeyed: bool = False

    def __call__(self, body: Body) -> Reply:
        if self.order in json.dumps(body["messages"]) and not self.has_obeyed:
            self.has_obeyed = True
            return uses(*self.ordered)
        reads, self.reads = self.reads, []
        return uses(*reads) if reads else finishes()
