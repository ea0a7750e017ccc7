"""Stores every body that ever came under its digest, so that each row can be derived again from its bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from company.fire.fire import Fire
from company.json_values import JsonObject
from company.pipeline.fetch import SourceRequest, SourceResponse
from company.text.wording import duration_text
from company.vertical.bodies import Body
from company.vertical.feeds import Malformed, NothingNew, Parsed, Source

KEPT_HEADERS = ("etag", "last-modified", "content-type", "content-length", "date", "age", "via", "x-cache")
CHUNK = 1 << 20
YEARS = range(1900, 2200)
"""What the brain takes for a time."""
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
    """A body that came, stored and classified. parsed is there exactly when it is a new edition."""

    raw_id: int
    verdict: str
    reason: str | None
    parsed: Parsed | None = None


@dataclass(frozen=True)
class ClassifiedBody:
    """What a body is. parsed: its edition when it can be read; reason: why it will not be staged."""

    verdict: str
    parsed: Parsed | None
    reason: str | None


def raw_key(source: str, sha256: str) -> str:
    """Where the bytes of a document are in the bucket."""
    return f"raw/{source}/{sha256}"


def request_conditions(fire: Fire, source: Source, url: str) -> dict[str, str]:
    """The conditions of a request: only the validators of a staged edition from this very address."""
    last = fire.brain.row(LastStaged, "known_good", source=source.name, url=url)
    headers = last.headers if last else {}
    return {header: headers[name] for name, header in VALIDATORS.items() if headers.get(name)}


def store_body(fire: Fire, source: Source, request: SourceRequest, response: SourceResponse) -> StoredBody:
    """Classifies a body and stores it, whatever it is: new, unchanged (stored before), older than ours, malformed."""
    body = response.body or Body()
    known = fire.brain.row(KnownBody, "raw_by_digest", source=source.name, sha256=body.sha256)
    if known and known.verdict == "malformed":
        return StoredBody(known.id, "malformed", known.reason)
    newest = fire.brain.value("newest_edition", source=source.name)
    if known and (known.is_staged or known.verdict == "older"):
        return StoredBody(known.id, _verdict_of_known(source, known, newest), "these bytes are known")
    found = classify_body(source, body, request.day or answered_at(response, fire.now), newest)
    raw_id = known.id if known else _store(fire, source, request, response, body, found)
    return StoredBody(raw_id, found.verdict, found.reason, found.parsed if found.verdict == "new" else None)


def answered_at(response: SourceResponse, now: datetime) -> datetime:
    """The moment that replaces a missing stamp: when the server says that the body last changed, else now."""
    try:
        changed_at = parsedate_to_datetime(response.headers["last-modified"])
    except (KeyError, ValueError):
        return now
    return min(changed_at if changed_at.tzinfo else changed_at.replace(tzinfo=UTC), now)


def classify_body(source: Source, body: Body, day: date | None, newest: datetime | None) -> ClassifiedBody:
    """Reads a body: new, older than the newest edition here, or malformed."""
    try:
        check_beginning(source, body)
        parsed = source.read(body, day)
        check_stamp(parsed.edition_at)
    except NothingNew:
        raise
    except Malformed as error:
        return ClassifiedBody("malformed", None, str(error))
    except Exception as error:  # nothing that a feed holds may stop the day; the bytes are kept for a fixed reader
        return ClassifiedBody("malformed", None, f"the reader failed: {type(error).__name__}: {error}")
    if newest is not None and parsed.edition_at < newest and not source.is_delta:
        reason = f"{duration_text(newest - parsed.edition_at)} older than the newest edition"
        return ClassifiedBody("older", parsed, reason)
    return ClassifiedBody("new", parsed, None)


def check_beginning(source: Source, body: Body) -> None:
    """Checks size and first bytes before a reader runs; Malformed when they cannot be an edition's."""
    if body.size < source.min_bytes:
        raise Malformed(f"the body has {body.size} bytes, expected {source.min_bytes} or more")
    start = body.head(CHUNK).lstrip()[:40]
    if start.startswith(b"<"):
        raise Malformed(f"the body is a page, not data: {start.decode('utf-8', 'replace')}")
    if source.begins_with and not start.startswith(source.begins_with):
        raise Malformed(f"the body begins with {start[:12]!r}")


def check_stamp(edition_at: datetime) -> None:
    """Malformed when the brain would refuse the stamp (`a_time_is_in_the_calendar`)."""
    if edition_at.year not in YEARS:
        raise Malformed(f"the stamp is of the year {edition_at.year}")


def load_raw(fire: Fire, source: str, sha256: str) -> Body:
    """The bytes of a stored document."""
    answer = fire.cloud.client("s3").get_object(Bucket=fire.settings.bucket, Key=raw_key(source, sha256))
    body = Body()
    for chunk in answer["Body"].iter_chunks(CHUNK):
        body.add(chunk)
    return body


def _verdict_of_known(source: Source, known: KnownBody, newest: datetime | None) -> str:
    if source.is_delta or newest is None or known.edition_at is None:
        return "unchanged"
    return "older" if known.edition_at < newest else "unchanged"


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
        session_id=fire.session_id,
    )
    return raw_id


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name][:500] for name in KEPT_HEADERS if name in headers}
