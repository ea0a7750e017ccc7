"""A model that believes whatever it reads: where a text gives an order, it does what the order wants, and then ends."""

import json
from dataclasses import dataclass, field

from tests.support.messages_api import Body, Reply, finishes, uses

Call = tuple[str, Body]


@dataclass
class Gullible:
    """The script. reads are called first; wants is what the order wants done; has_obeyed: the order was read."""

    order: str
    wants: list[Call]
    reads: list[Call] = field(default_factory=list)
    has_obeyed: bool = False

    def __call__(self, body: Body) -> Reply:
        if self.order in json.dumps(body["messages"]) and not self.has_obeyed:
            self.has_obeyed = True
            return uses(*self.wants)
        reads, self.reads = self.reads, []
        return uses(*reads) if reads else finishes()
