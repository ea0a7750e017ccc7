"""For readers: audited posts become pages and a feed, each recorded before it leaves and confirmed after."""

from collections.abc import Mapping
from typing import Any

from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.owner import approvals
from company.watch.findings import open_finding
from publish import feed, pages

ACT = "publish"
FOLDER = "pages/posts"


def preflight(fire: Fire) -> str | None:
    """A reason to rest: the act is closed, or no audited post waits."""
    if fire.brain.value("approval_level", action=ACT) == "closed":
        return "the act publish stands at closed; the owner opens it"
    return (
        None
        if approvals.has_approvals_to_process(fire, ACT) or fire.brain.all("drafts_to_publish")
        else "no audited post waits"
    )


def work(fire: Fire) -> Outcome:
    """Publishes what waits, then draws the feed anew; a feed is not worth a post, so it comes last."""
    ends = [publish(fire, draft) for draft in fire.brain.all("drafts_to_publish")]
    evidence = {word: ends.count(word) for word in ("published", "waiting", "refused", "unknown")}
    if approvals.has_approvals_to_process(fire, ACT):
        evidence["asked"] = approvals.process_approvals(fire, ACT)
    return Done({**evidence, "in_the_feed": draw_feed(fire) if evidence["published"] else 0})


def publish(fire: Fire, draft: Mapping[str, Any]) -> str:
    """published, waiting (for the owner), refused (the bucket did not take it, or it changed) or unknown (a kill)."""
    slug = pages.slug_of(draft)
    act = _record(fire, draft, slug)
    status = (
        approvals.take_approved(fire, act["outbox_id"], _content(draft, slug))
        if act["status"] == "allowed"
        else act["status"]
    )
    if status != "recorded":
        return _not_now(fire, draft, status)
    try:
        receipt = _put(fire, draft, slug)
    except Exception as error:  # whatever S3 and the network can do, the other posts go on and this one is told of
        fire.log.warning("a post was not taken", draft=draft["id"], error=repr(error))
        _confirm(fire, act["outbox_id"], was_sent=False, receipt=f"{type(error).__name__}: {error}"[:500])
        return "refused"
    with fire.brain.transaction():
        _confirm(fire, act["outbox_id"], was_sent=True, receipt=receipt)
        fire.brain.run(
            "publish_draft", session_id=fire.session_id, draft_id=draft["id"], slug=slug, outbox_id=act["outbox_id"]
        )
    return "published"


def draw_feed(fire: Fire) -> int:
    """The last posts as RSS; how many they are."""
    posts = fire.brain.all("published_posts", limit=feed.MOST)
    body = feed.render(posts, title=fire.vertical.title, site=site_of(fire), built_at=fire.now)
    _store(fire, f"{FOLDER}/feed.xml", body, "application/rss+xml; charset=utf-8")
    return len(posts)


def site_of(fire: Fire) -> str:
    """Where readers find the pages: the owner's address for them, or the bucket's own."""
    return fire.settings.site_url.rstrip("/") or f"https://{fire.settings.bucket}.s3.amazonaws.com/{FOLDER}"


def _record(fire: Fire, draft: Mapping[str, Any], slug: str) -> dict[str, Any]:
    act = fire.brain.one(
        "record_outbox_entry",
        action=ACT,
        dedupe_key=f"{ACT}:{draft['id']}",
        to_whom=f"{FOLDER}/{slug}.html",
        subject=draft["title"],
        payload={"draft": draft["id"], "facts": len(draft["facts"])},
        content_sha256=_content(draft, slug),
        session_id=fire.session_id,
    )
    assert act is not None, "record_outbox_entry always answers"
    return act


def _content(draft: Mapping[str, Any], slug: str) -> bytes:
    """The page is drawn from the text: where that lies and what it says is all that a reader gets."""
    return approvals.content_digest(slug, pages.as_text(draft))


def _put(fire: Fire, draft: Mapping[str, Any], slug: str) -> str:
    """Plain text first: where the page is, its text is too."""
    _store(fire, f"{FOLDER}/{slug}.txt", pages.as_text(draft), "text/plain; charset=utf-8")
    page = pages.as_html(draft, title=fire.vertical.title)
    return _store(fire, f"{FOLDER}/{slug}.html", page, "text/html; charset=utf-8")


def _store(fire: Fire, key: str, body: str, kind: str) -> str:
    answer = fire.cloud.client("s3").put_object(
        Bucket=fire.settings.bucket, Key=key, Body=body.encode(), ContentType=kind
    )
    return str(answer.get("ETag", key))


def _confirm(fire: Fire, outbox_id: int, *, was_sent: bool, receipt: str) -> None:
    fire.brain.run(
        "confirm_outbox_entry", outbox_id=outbox_id, session_id=fire.session_id, was_sent=was_sent, receipt=receipt
    )


def _not_now(fire: Fire, draft: Mapping[str, Any], status: str) -> str:
    """Why a post stays: the owner was asked, or it is not what she saw, or it may have gone before."""
    if status == "changed":
        return "refused"
    if status != "waiting":
        _tell_unknown(fire, draft, status)
        return "unknown"
    return "waiting"


def _tell_unknown(fire: Fire, draft: Mapping[str, Any], status: str) -> None:
    open_finding(
        fire.brain,
        fingerprint=f"unpublished:{draft['id']}",
        kind="unpublished",
        subject=f"draft {draft['id']}",
        level="brief",
        title=f"whether draft {draft['id']} was put out is {status}; it is not put out again",
        effect="a post is missing from the feed, or stands there unconfirmed",
        evidence={"act": status},
        watcher=fire.record.reports_to,
    )


ROLE = RoleCode(work=work, preflight=preflight)
