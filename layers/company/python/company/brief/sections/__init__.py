"""The sections of the brief, in the order in which an owner asks: for me? broken? customers? data? who? how sure?"""

from collections.abc import Callable

from company.brief.depth import Depth
from company.brief.facts import Facts
from company.brief.page import Section
from company.brief.sections import (
    broken,
    cant_say,
    customers,
    data,
    domains,
    for_you,
    money,
    promised,
    the_watch,
)

SECTIONS: tuple[Callable[[Facts, Depth], Section], ...] = (
    for_you.tell,
    broken.tell,
    customers.tell,
    data.tell,
    domains.tell,
    the_watch.tell,
    money.tell,
    promised.tell,
    cant_say.tell,
)
