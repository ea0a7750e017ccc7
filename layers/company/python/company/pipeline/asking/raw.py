"""Stores every body that ever came under its digest, so that each row can be derived again from its bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from company.fire.fire import Fire
from company.json_values import JsonObject
from company.pipeline.asking.fetch import SourceRequest, SourceResponse
from company.pipeline.rows.stamps import (
    NewestEdition,
    came_at,
    is_confirmed,
    is_older,
    judge_stamp,
    newest_edition,
)
from company.text.decoding import ZIP, beginning, beginning_in_zip
from company.text.wording import duration_text
from company.vertical.bodies import Body
from company.vertical.feeds import Malformed, NothingNew, Parsed, Source

KEPT_HEADERS = ("etag", "last-modified", "content-type", "content-length", "date", "age", "via", "x-cache")
CHUNK = 1 << 20
HEAD = 4096
"""Bytes of a body's content among which its first sign stands, after blanks."""
VALIDATORS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


@dataclass(frozen=True)
class RawDocument:
    """A stored body. verdict: new, older (than the newest edition then) or malformed."""

    id: int
    source: str
    url: str
    route: str
    sha256: str
    size: int
    status_code: int
    headers: JsonObject
    edition_at: datetime | None
    fetched_at: datetime
    verdict: str
    reason: str | None


@dataclass(frozen=True)
class KnownBody:
    """A stored body of the same digest as the one that came, and whether its rows were staged."""

    id: int
    verdict: str
    edition_at: datetime | None
    reason: str | None
    is_staged: bool


@dataclass(frozen=True)
class LastStaged:
    """The headers and the stamp of the last body from an address that was staged."""

    headers: JsonObject
    edition_at: datetime | None


@dataclass(frozen=True)
class StoredBody:
    """A body that came, stored and classified. parsed is there exactly when it is a new edition.

    doubt: why its stamp is not believed; returned: how much older it is than the edition before, which it replaces.
    """

    raw_id: int
    verdict: str
    reason: str | None
    parsed: Parsed | None = None
    doubt: str = ""
    returned: str = ""


@dataclass(frozen=True)
class ClassifiedBody:
    """What a body is. parsed: its edition when it can be read; reason: why it will not be staged.

    Of a body from a publisher the edition has its mark, and stated_at is its own stamp where that is believed.
    """

    verdict: str
    parsed: Parsed | None
    reason: str | None
    stated_at: datetime | None = None
    doubt: str = ""
    returned: str = ""


def raw_key(source: str, sha256: str) -> str:
    """Where the bytes of a document are in the bucket."""
    return f"raw/{source}/{sha256}"


def request_conditions(fire: Fire, source: Source, url: str) -> dict[str, str]:
    """The conditions of a request: only the validators of a staged edition from this very address."""
    last = fire.brain.row(LastStaged, "known_good", source=source.name, url=url)
    headers = last.headers if last else {}
    return {header: headers[name] for name, header in VALIDATORS.items() if headers.get(name)}


def store_body(
    fire: Fire,
    source: Source,
    request: SourceRequest,
    response: SourceResponse,
    mark: Callable[[datetime], datetime] | None = None,
) -> StoredBody:
    """Classifies a body and stores it, whatever it is: new, unchanged (the newest), older than ours, malformed.

    Bytes that were staged before and came again after others are a new edition: its publisher went back to them.
    mark: makes the stamp that counts of a page's own.
    """
    body = response.body or Body()
    known = fire.brain.row(KnownBody, "raw_by_digest", source=source.name, sha256=body.sha256)
    newest = newest_edition(fire, source)
    if known and known.is_staged and (source.is_delta or newest is None or newest.sha256 == body.sha256):
        return StoredBody(known.id, "unchanged", "these bytes are known")
    came = came_at(source, response, request.day, fire.now)
    # Also of bytes that nobody could read before: their reader may have been fixed since.
    found = classify_body(source, body, request.day or came)
    if known and found.verdict == known.verdict == "malformed":
        return StoredBody(known.id, "malformed", found.reason)
    if found.parsed is not None:
        read = replace(found.parsed, edition_at=mark(found.parsed.edition_at)) if mark else found.parsed
        found = _judge(fire, source, read, came, newest, is_known=known is not None and known.is_staged)
    is_kept = known is not None and (found.verdict == "older" or (known.verdict == "new" and not known.is_staged))
    raw_id = known.id if known and is_kept else _store(fire, source, request, response, body, found)
    parsed = found.parsed if found.verdict == "new" else None
    return StoredBody(raw_id, found.verdict, found.reason, parsed, found.doubt, found.returned)


def classify_body(source: Source, body: Body, at: date | None) -> ClassifiedBody:
    """Reads a body: new, as far as it says itself, or malformed. at replaces a missing stamp."""
    try:
        check_beginning(source, body)
        return ClassifiedBody("new", source.read(body, at), None)
    except NothingNew:
        raise
    except Malformed as error:
        return ClassifiedBody("malformed", None, str(error))
    except Exception as error:  # nothing that a feed holds may stop the day; the bytes are kept for a fixed reader
        return ClassifiedBody("malformed", None, f"the reader failed: {type(error).__name__}: {error}")


def _judge(
    fire: Fire, source: Source, parsed: Parsed, came: datetime, newest: NewestEdition | None, *, is_known: bool
) -> ClassifiedBody:
    """An edition beside the newest: older, or new with its mark."""
    stated = parsed.edition_at
    if newest is None or not is_older(source, stated, newest, is_known=is_known, now=fire.now):
        stamp = judge_stamp(source, parsed, came, newest, fire.now)
        return ClassifiedBody("new", replace(parsed, edition_at=stamp.mark), None, stamp.stated_at, stamp.doubt)
    reason = f"{duration_text((newest.stated_at or stated) - stated)} older than the newest edition"
    if not is_confirmed(fire, source):
        return ClassifiedBody("older", parsed, reason, stated)
    return ClassifiedBody("new", replace(parsed, edition_at=fire.now), None, stated, returned=reason)


def check_beginning(source: Source, body: Body) -> None:
    """Checks size and first signs of the content before a reader runs; Malformed when they cannot be an edition's."""
    head = body.head(CHUNK) if _reads_archives(source) else beginning_in_zip(body.head(CHUNK))
    content = beginning(head, max(source.min_bytes, HEAD))
    if len(content) < source.min_bytes:
        raise Malformed(f"the body has {len(content)} bytes, expected {source.min_bytes} or more")
    start = content.lstrip()[:40]
    if start.startswith(b"<"):
        raise Malformed(f"the body is a page, not data: {start.decode('utf-8', 'replace')}")
    if source.begins_with and not start.startswith(source.begins_with) and not _has_other_places(source):
        raise Malformed(f"the body begins with {start[:12]!r}")


def _reads_archives(source: Source) -> bool:
    return source.parse_file is not None or ZIP in source.begins_with


def _has_other_places(source: Source) -> bool:
    """Whether its list knows documents of another kind, which begin otherwise."""
    return source.columns is not None and len(source.columns.form.places) > 1


def load_raw(fire: Fire, source: str, sha256: str) -> Body:
    """The bytes of a stored document."""
    answer = fire.cloud.client("s3").get_object(Bucket=fire.settings.bucket, Key=raw_key(source, sha256))
    body = Body()
    for chunk in answer["Body"].iter_chunks(CHUNK):
        body.add(chunk)
    return body


def _store(
    fire: Fire, source: Source, request: SourceRequest, response: SourceResponse, body: Body, found: ClassifiedBody
) -> int:
    """Stores the bytes before their record: a record without its bytes would be false, bytes without one do no harm.

    In one request, also when they are many (S3 takes 5 GB): a fire that is killed leaves no parts behind.
    """
    key = raw_key(source.name, body.sha256)
    fire.cloud.client("s3").put_object(Bucket=fire.settings.bucket, Key=key, Body=body.file())
    raw_id: int = fire.brain.value(
        "record_raw",
        source=source.name,
        url=request.url,
        route=request.route,
        sha256=body.sha256,
        size=body.size,
        status_code=response.status,
        headers=_kept(response.headers),
        edition_at=found.parsed.edition_at if found.parsed else None,
        verdict=found.verdict,
        reason=found.reason,
        stated_at=found.stated_at,
        session_id=fire.session_id,
    )
    return raw_id


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name][:500] for name in KEPT_HEADERS if name in headers}
