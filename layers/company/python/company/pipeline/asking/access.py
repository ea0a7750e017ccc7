"""How a source is reached: whether it is switched on, with which key, and where its file is.

An optional source is off until its owner gives its address (FEED_<SOURCE>_URL, or the word `on` for the publisher's
own) or, where it takes one, its key (FEED_<SOURCE>_KEY, on AWS a SecureString in SSM). A key is sent to the addresses
of its own source and nowhere else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from company.aws.clients import feed_key_parameter, fetch_secret
from company.errors import CompanyError
from company.fire.apart import each
from company.fire.fire import Fire
from company.pipeline.asking.fetch import FeedUnreachable, SourceResponse, get
from company.vertical import Malformed, Source, Ticket

ON = "on"
NO_KEY, NO_ADDRESS = "no key", "no address"


class KeyUnreadable(CompanyError):
    """The key of a source may be there, and cannot be read now; the message says where it is kept."""


def addresses_of(fire: Fire, source: Source) -> tuple[str, ...]:
    """The addresses of FEED_<SOURCE>_URL, divided by blanks; without one, or with `on`, the source's own.

    One of which the source's list says that it has moved is asked at its new home, and last of all where it was.
    """
    given = tuple(fire.settings.feeds.get(source.name, "").split())
    urls = source.urls if given in ((), (ON,)) else given
    return source.columns.form.at_home(urls, keeps_old=not source.has_many_documents) if source.columns else urls


def off_because(fire: Fire, source: Source) -> str | None:
    """Why an optional source is not asked; None when it is."""
    if not source.is_optional:
        return None
    if source.takes_key:
        return None if feed_key_of(fire, source) else NO_KEY
    return None if source.name in fire.settings.feeds else NO_ADDRESS


def feed_key_of(fire: Fire, source: Source) -> str | None:
    """The key that the owner gave; SSM is asked for it only where she gave an address. KeyUnreadable when SSM fails."""
    given = fire.settings.feed_keys.get(source.name)
    if given or not source.takes_key or source.name not in fire.settings.feeds:
        return given
    where = feed_key_parameter(fire.settings.company, source.name)
    try:
        return fetch_secret(fire.cloud, where).strip() or None
    except Exception as error:
        if "ParameterNotFound" in type(error).__name__:
            return None
        what = f"{source.name}: its key in SSM at {where} cannot be read"
        raise KeyUnreadable(f"{what}: {type(error).__name__}") from error


def switched_on(fire: Fire, names: Sequence[str]) -> list[str]:
    """Those of the sources that are asked. The brain learns of each optional one whether it is, and why not."""
    optional = [source for name in names if (source := fire.vertical.source(name)).is_optional]
    if not optional:
        return [*names]
    off = each(fire, "optional sources", optional, partial(_switch, fire), name=lambda source: source.name)
    return [name for name in names if name not in off]


def _switch(fire: Fire, source: Source) -> str | None:
    """The source's name when it is off."""
    try:
        reason = off_because(fire, source)
    except KeyUnreadable:
        # It stays as it is. Asked as any other it fails with this message, which its finding then shows.
        return None
    fire.brain.run("switch_source", source=source.name, reason=reason)
    return source.name if reason else None


def ask_source(
    fire: Fire,
    source: Source,
    url: str,
    *,
    validators: Mapping[str, str],
    seconds_left: float,
    proxy: str | None = None,
) -> SourceResponse:
    """Asks one address of a source with its key, and for its file where it answers with a ticket; else as `get`."""
    key = feed_key_of(fire, source)
    if source.ticket is None:
        return get(url, source, validators=validators, seconds_left=seconds_left, proxy=proxy, key=key)
    answer = get(url, source, validators={}, seconds_left=seconds_left, proxy=proxy, key=key)
    file = _address_in(source.ticket, answer)
    if file is None:
        return answer
    try:
        response = get(file, source, validators=validators, seconds_left=seconds_left, proxy=proxy)
    except FeedUnreachable as error:
        raise FeedUnreachable(_without_signature(str(error), file)) from None
    if response.status not in (200, 304):
        raise FeedUnreachable(f"{url}: the file that it names answered {response.status}")
    return replace(response, home=answer.home)


def _address_in(ticket: Ticket, answer: SourceResponse) -> str | None:
    """None where the answer is no ticket: it is then judged as what it is."""
    if answer.status != 200 or answer.body is None:
        return None
    try:
        return ticket.read(answer.body.read())
    except Malformed:
        return None


def _without_signature(message: str, address: str) -> str:
    """Who has the whole address may read the file until it ends: no record has it."""
    query = urlsplit(address).query
    return message.replace(query, "...") if query else message


def what_to_do(fire: Fire, source: Source) -> str:
    """For a source that refused its key: what its owner does."""
    where = feed_key_parameter(fire.settings.company, source.name)
    return (
        f"its key is wrong, has ended, or does not allow this file: give another as FEED_{source.name.upper()}_KEY"
        f" (on AWS in SSM at {where})"
    )
