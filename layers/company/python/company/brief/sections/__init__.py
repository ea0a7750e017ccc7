"""The sections of the brief, in the order in which an owner asks: for me? broken? customers? data? who? how sure?"""

from collections.abc import Callable

from company.brief.depth import Depth
from company.brief.facts import BriefFacts
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

SECTIONS: tuple[Callable[[BriefFacts, Depth], Section], ...] = (
    for_you.for_you_section,
    broken.broken_section,
    customers.customers_section,
    data.data_section,
    domains.domains_section,
    the_watch.the_watch_section,
    money.money_section,
    promised.promised_section,
    cant_say.cant_say_section,
)
