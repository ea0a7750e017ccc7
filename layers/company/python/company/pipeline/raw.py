"""Every body that ever came, under its digest: what a row says can be derived again from the bytes it came in."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from company.fire.fire import Fire
from company.pipeline.fetch import FeedResponse
from company.vertical.feeds import Malformed, NothingNew, Parsed, Source
from company.wording import duration_text

KEPT_HEADERS = ("etag", "last-modified", "content-type", "content-length", "date", "age", "via", "x-cache")
VALIDATORS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


@dataclass(frozen=True)
class FeedRequest:
    """One address to ask: which of the source's routes it is and why that one, and the edition it names, if it does."""

    url: str
    route: str
    day: date | None = None
    choice: str = ""
    names_edition: bool = False


@dataclass(frozen=True)
class ClassifiedBody:
    """A body that came, judged. parsed is there exactly when it is a new edition."""

    raw_id: int
    verdict: str
    reason: str | None
    edition_at: datetime | None
    parsed: Parsed | None


def raw_key(source: str, sha256: str) -> str:
    """Where the bytes of a document stand in the bucket."""
    return f"raw/{source}/{sha256}"


def request_conditions(fire: Fire, source: Source, url: str) -> dict[str, str]:
    """The conditions of a request: only what a staged edition of this very address was marked with."""
    good = fire.brain.one("known_good", source=source.name, url=url)
    headers = good["headers"] if good else {}
    return {header: headers[name] for name, header in VALIDATORS.items() if headers.get(name)}


def keep_body(fire: Fire, source: Source, asked: FeedRequest, answer: FeedResponse) -> ClassifiedBody:
    """Judges a body and keeps it, whatever it is: new, unchanged (kept before), older than ours, or malformed."""
    body = answer.body or b""
    sha256 = hashlib.sha256(body).hexdigest()
    known = fire.brain.one("raw_by_digest", source=source.name, sha256=sha256)
    if known and known["verdict"] == "malformed":
        return ClassifiedBody(known["id"], "malformed", known["reason"], None, None)
    newest = fire.brain.value("newest_edition", source=source.name)
    if known and (known["is_staged"] or known["verdict"] == "older"):
        behind = newest is not None and known["edition_at"] < newest and not source.is_delta
        return ClassifiedBody(
            known["id"], "older" if behind else "unchanged", "these bytes are known", known["edition_at"], None
        )
    parsed, verdict, reason = classify_body(source, body, asked.day or answered_at(answer, fire.now), newest)
    raw_id = known["id"] if known else _store(fire, source, asked, answer, sha256, parsed, verdict, reason)
    return ClassifiedBody(
        raw_id, verdict, reason, parsed.edition_at if parsed else None, parsed if verdict == "new" else None
    )


def answered_at(answer: FeedResponse, now: datetime) -> datetime:
    """The moment that stands in for a stamp: when the server says that the body last changed, else now."""
    try:
        changed_at = parsedate_to_datetime(answer.headers["last-modified"])
    except (KeyError, ValueError):
        return now
    return min(changed_at if changed_at.tzinfo else changed_at.replace(tzinfo=UTC), now)


def classify_body(
    source: Source, body: bytes, day: date | None, newest: datetime | None
) -> tuple[Parsed | None, str, str | None]:
    """What a body is: its edition when it can be read, the verdict, and the reason when it will not be staged."""
    try:
        check_beginning(source, body)
        parsed = source.parse(body, day)
    except NothingNew:
        raise
    except Malformed as error:
        return None, "malformed", str(error)
    except (
        Exception
    ) as error:  # whatever a feed holds, it must not stop the day; the bytes are kept for whoever mends the reader
        return None, "malformed", f"the reader failed: {type(error).__name__}: {error}"
    if newest is not None and parsed.edition_at < newest and not source.is_delta:
        return parsed, "older", f"{duration_text(newest - parsed.edition_at)} older than the newest edition"
    return parsed, "new", None


def check_beginning(source: Source, body: bytes) -> None:
    """Looks at the first bytes before any reader does."""
    if len(body) < source.min_bytes:
        raise Malformed(f"the body has {len(body)} bytes, expected {source.min_bytes} or more")
    start = body.lstrip()[:40]
    if start.startswith(b"<"):
        raise Malformed(f"the body is a page, not data: {start.decode('utf-8', 'replace')}")
    if source.begins_with and not start.startswith(source.begins_with):
        raise Malformed(f"the body begins with {start[:12]!r}")


def load_raw(fire: Fire, source: str, sha256: str) -> bytes:
    """The bytes of a kept document."""
    answer = fire.cloud.client("s3").get_object(Bucket=fire.settings.bucket, Key=raw_key(source, sha256))
    content: bytes = answer["Body"].read()
    return content


def _store(
    fire: Fire,
    source: Source,
    asked: FeedRequest,
    answer: FeedResponse,
    sha256: str,
    parsed: Parsed | None,
    verdict: str,
    reason: str | None,
) -> int:
    """The bytes first: a record whose bytes are missing would be a lie, bytes without a record are only clutter."""
    body = answer.body or b""
    fire.cloud.client("s3").put_object(Bucket=fire.settings.bucket, Key=raw_key(source.name, sha256), Body=body)
    raw_id: int = fire.brain.value(
        "record_raw",
        source=source.name,
        url=asked.url,
        route=asked.route,
        sha256=sha256,
        size=len(body),
        status_code=answer.status,
        headers=_kept(answer.headers),
        edition_at=parsed.edition_at if parsed else None,
        verdict=verdict,
        reason=reason,
        session_id=fire.session_id,
    )
    return raw_id


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name][:500] for name in KEPT_HEADERS if name in headers}
