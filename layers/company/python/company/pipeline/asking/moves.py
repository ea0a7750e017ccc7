"""Which addresses of a source have moved or are gone, as their last answers say: the evidence for a new one.

A server that answers 301 or 308 says for good where its file is; 410 says that it is nowhere, and so does 404 when it
lasts, behind such a redirect too. What that shows is the same for who writes a change and for who judges it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from company.fire.fire import Fire
from company.pipeline.asking.access import addresses_of
from company.pipeline.asking.redirects import HIDDEN, is_same_host, may_follow, may_hold_secret
from company.vertical.feeds import DATE, EDITION, Source, placeholders_of

LOOKED_AT = 400
"""The last answers of a source: more than three days of one that is asked each hour by two ways."""
AT_LEAST = 3
"""Answers in a row that say the same: one of them may be a mistake of an hour."""
GONE, MISSING = 410, 404
MISSING_FOR = timedelta(hours=24)
"""A publisher who lost a file for some hours puts it back."""
LOST_FOR = timedelta(days=3)
"""An edition may be late where its address is sent on to; one that is never there is not."""
FORGOTTEN_AFTER = timedelta(days=3)
"""An address that nobody asks any more says nothing."""
ANSWERED = ("new", "unchanged", "not_modified", "older")


@dataclass(frozen=True)
class AddressAnswer:
    """One answer of an address. moved_to: its new home, where the server named one for good."""

    url: str
    result: str
    status_code: int | None
    moved_to: str | None
    raw_id: int | None
    at: datetime


@dataclass(frozen=True)
class MovedAddress:
    """An address, its new home ('' where none is known), and what its last answers in a row say.

    raw_id: the newest document that came from there. doubt: why nobody but the owner may follow; '' where nothing is.
    """

    source: str
    old: str
    new: str
    answers: int
    said: str
    first_at: datetime
    last_at: datetime
    raw_id: int | None
    doubt: str

    @property
    def line(self) -> str:
        """As a source's list has it."""
        return f"{self.old} -> {self.new}"


def moved_addresses(fire: Fire, source: Source) -> list[MovedAddress]:
    """Those of the addresses that are asked now, in their order."""
    answers = fire.brain.rows(AddressAnswer, "answers_of_source", source=source.name, most=LOOKED_AT)
    addresses = addresses_of(fire, source)
    known = source.columns.form.moved if source.columns else {}
    found = [_judge(source, addresses, address, answers) for address in addresses if address not in known]
    return [one for one in found if one is not None and fire.now - one.last_at < FORGOTTEN_AFTER]


def addresses_to_follow(fire: Fire, source: Source) -> list[MovedAddress]:
    """Those that the book follows: without a doubt and with a document from there, or by the owner's word."""
    moved = moved_addresses(fire, source)
    return [one for one in moved if one.new and (one.raw_id if not one.doubt else is_allowed(fire, one))]


def is_allowed(fire: Fire, move: MovedAddress) -> bool:
    """Whether the owner's last answer about this address says that this new one is asked."""
    asked = {"source": move.source, "old": move.old, "new": move.new}
    return bool(fire.brain.value("owner_follows_address", **asked))


def home_of(address: str, url: str, home: str) -> str | None:
    """The new home of an address whose placeholders were filled in for one request; None where it has no place for
    them, or for what was asked besides."""
    asked = re.fullmatch(f"{placeholders_of(address)}(?P<asked>[?&].*)?", url)
    if asked is None or "{" in home:
        return None
    named = {mark: asked[mark[1:-1]] for mark in (DATE, EDITION) if mark in address}
    rest = asked["asked"] or ""
    if not home.endswith(rest) or any(home.count(name) != 1 for name in named.values()):
        return None
    home = home.removesuffix(rest)
    for mark, name in named.items():
        home = home.replace(name, mark)
    return home


def _judge(
    source: Source, addresses: Sequence[str], address: str, answers: Sequence[AddressAnswer]
) -> MovedAddress | None:
    all_of_address = _of_address(address, answers)
    of_address = [answer for answer in all_of_address if _says_something(answer)]
    moved = _in_a_row(address, of_address)
    if len(moved) >= AT_LEAST:
        return _moved(source, address, moved)
    if lost := _lost(all_of_address):
        return _gone(source, addresses, address, lost, answers)
    gone = list(takewhile(lambda answer: answer.result == "failed" and not answer.moved_to, of_address))
    if len(gone) < AT_LEAST or {answer.status_code for answer in gone} - {GONE, MISSING}:
        return None
    return _gone(source, addresses, address, gone, answers) if _is_gone(gone) else None


def _lost(answers: Sequence[AddressAnswer]) -> Sequence[AddressAnswer]:
    """The newest answers that sent on for good to where nothing is, for days; none where anything came from there."""
    heard = [answer for answer in answers if answer.status_code is not None]
    lost = list(takewhile(lambda answer: answer.result == "not_yet" and answer.moved_to is not None, heard))
    has_answered = any(answer.moved_to and answer.result in ANSWERED for answer in heard)
    is_long = len(lost) >= AT_LEAST and lost[0].at - lost[-1].at >= LOST_FOR
    return lost if is_long and not has_answered else ()


def _of_address(address: str, answers: Sequence[AddressAnswer]) -> list[AddressAnswer]:
    is_its = re.compile(f"{placeholders_of(address)}(?:[?&].*)?").fullmatch
    return [answer for answer in answers if is_its(answer.url)]


def _says_something(answer: AddressAnswer) -> bool:
    """Whether somebody answered, and not only that an edition is not there yet."""
    return (answer.status_code is not None or answer.moved_to is not None) and answer.result != "not_yet"


def _in_a_row(address: str, answers: Sequence[AddressAnswer]) -> list[AddressAnswer]:
    """The newest answers that all name the same new home."""
    if not answers or not answers[0].moved_to:
        return []
    first = _home(address, answers[0])
    return list(takewhile(lambda answer: answer.moved_to is not None and _home(address, answer) == first, answers))


def _home(address: str, answer: AddressAnswer) -> str | None:
    moved_to = answer.moved_to or ""
    if moved_to.endswith(HIDDEN):
        return moved_to
    return home_of(address, answer.url, moved_to)


def _moved(source: Source, address: str, answers: Sequence[AddressAnswer]) -> MovedAddress:
    new = _home(address, answers[0])
    raw_id = next((answer.raw_id for answer in answers if answer.raw_id and answer.result in ANSWERED), None)
    doubt = _doubt(source, address, new)
    status = f"status {answers[0].status_code}" if answers[0].status_code else "nothing that was asked for"
    said = f"{status}, and that it is at {new or (answers[0].moved_to or '').partition('?')[0]} for good"
    return MovedAddress(
        source=source.name,
        old=address,
        new=new or "",
        answers=len(answers),
        said=said,
        first_at=answers[-1].at,
        last_at=answers[0].at,
        raw_id=raw_id,
        doubt=doubt,
    )


def _doubt(source: Source, old: str, new: str | None) -> str:
    """Why the book does not follow."""
    if new is None:
        return "the new address has no place for what names an edition"
    if new.endswith(HIDDEN):
        return "the new address has a part that nobody keeps"
    if source.columns and new in source.columns.form.moved:
        return "it was there before, and moved away"
    if new not in source.urls and not may_follow(old, new, source.hosts):
        return "no list names that host"
    if may_hold_secret(old) or may_hold_secret(new):
        return "its query may hold a key"
    if source.takes_key and not is_same_host(old, new):
        return "its key would go to another host"
    return ""


def _is_gone(gone: Sequence[AddressAnswer]) -> bool:
    return all(answer.status_code == GONE for answer in gone[:AT_LEAST]) or gone[0].at - gone[-1].at >= MISSING_FOR


def _gone(
    source: Source,
    addresses: Sequence[str],
    address: str,
    gone: Sequence[AddressAnswer],
    answers: Sequence[AddressAnswer],
) -> MovedAddress:
    """One that is gone is asked last, where another address of the source has answered since."""
    since = gone[-1].at
    others = [other for other in addresses if other != address and not source.has_many_documents]
    new, document = "", None
    for other in others:
        there = [a for a in _of_address(other, answers) if a.result in ANSWERED]
        if there and there[0].at >= since:
            new, document = other, next((answer.raw_id for answer in there if answer.raw_id), None)
            break
    return MovedAddress(
        source=source.name,
        old=address,
        new=new,
        answers=len(gone),
        said=f"status {gone[0].status_code}{', where it is sent on to for good' if gone[0].moved_to else ''}",
        first_at=since,
        last_at=gone[0].at,
        raw_id=document,
        doubt=_doubt(source, address, new) if new else "no other address of it is known",
    )
