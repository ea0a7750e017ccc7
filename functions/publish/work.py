"""Publishes audited posts as pages and in a feed: each is recorded before it is published and confirmed after."""

from functools import partial
from urllib.parse import quote

from company.bucket import HTML, PLAIN, RSS, put_page
from company.fire.apart import attempt, each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.owner import approvals
from company.owner.outbox import OutboxEntry, confirm_entry, record_entry
from company.settings import Settings
from company.text.posts import PublishedPost
from company.watch.findings import open_finding
from publish import feed, pages
from publish.pages import AuditedPost

ACTION = "publish"
FOLDER = "pages/posts"
URL_SIGNS = ":/?#[]@!$&'()*+,;=%"


def preflight(fire: Fire) -> str | None:
    """A reason to skip: the action is closed, or no audited post waits."""
    if fire.brain.value("approval_level", action=ACTION) == "closed":
        return "the approval level of publish is closed; the owner opens it"
    is_waiting = approvals.has_approvals_to_process(fire, ACTION) or fire.brain.rows(AuditedPost, "drafts_to_publish")
    return None if is_waiting else "no audited post waits"


def work(fire: Fire) -> Outcome:
    """Publishes what waits, then writes the feed; it comes last, so that a fault in it keeps back no post."""
    posts = fire.brain.rows(AuditedPost, "drafts_to_publish")
    ends = each(fire, "posts", posts, partial(publish, fire), name=lambda post: f"draft {post.id}")
    evidence = {end: ends.count(end) for end in ("published", "waiting", "refused", "unknown")}
    if approvals.has_approvals_to_process(fire, ACTION):
        evidence["asked"] = approvals.process_approvals(fire, ACTION)
    in_the_feed = attempt(fire, "the feed", lambda: write_feed(fire), 0) if evidence["published"] else 0
    return Done({**evidence, "in_the_feed": in_the_feed})


def publish(fire: Fire, post: AuditedPost) -> str:
    """published, waiting (for the owner), refused (by the bucket, or it changed) or unknown (its sender was killed)."""
    slug = pages.slug_of(post)
    entry = _record(fire, post, slug)
    status = entry.status
    if status == "allowed":
        status = approvals.take_approved(fire, entry.outbox_id, _digest(post, slug))
    if status != "recorded":
        return _keep_back(fire, post, status)
    try:
        receipt = _put(fire, post, slug)
    except Exception as error:  # whatever S3 and the network raise: this post is reported, the others are published
        fire.log.warning("a post was not taken", draft=post.id, error=repr(error))
        confirm_entry(fire, entry.outbox_id, was_sent=False, receipt=f"{type(error).__name__}: {error}"[:500])
        return "refused"
    with fire.brain.transaction():
        confirm_entry(fire, entry.outbox_id, was_sent=True, receipt=receipt)
        fire.brain.run(
            "publish_draft", session_id=fire.session_id, draft_id=post.id, slug=slug, outbox_id=entry.outbox_id
        )
    return "published"


def write_feed(fire: Fire) -> int:
    """Writes the last posts as RSS; gives how many they are."""
    posts = fire.brain.rows(PublishedPost, "published_posts", limit=feed.MOST)
    site, company = site_of(fire.settings), fire.settings.company
    body = feed.render(posts, title=fire.vertical.title, site=site, company=company, built_at=fire.now)
    put_page(fire, f"{FOLDER}/feed.xml", body, RSS)
    return len(posts)


def site_of(settings: Settings) -> str:
    """Where readers find the pages, as an absolute address: the owner's for them, or the bucket's own.

    The bucket answers nobody without rights in it: a company with readers has an address.
    """
    site = "".join(settings.site_url.split()).rstrip("/")
    if not site:
        return f"https://{settings.bucket}.s3.amazonaws.com/{FOLDER}"
    return quote(site if "://" in site else f"https://{site}", safe=URL_SIGNS)


def _record(fire: Fire, post: AuditedPost, slug: str) -> OutboxEntry:
    return record_entry(
        fire,
        ACTION,
        dedupe_key=f"{ACTION}:{post.id}",
        to_whom=f"{FOLDER}/{slug}.html",
        subject=post.title,
        payload={"draft": post.id, "facts": len(post.facts)},
        digest=_digest(post, slug),
    )


def _digest(post: AuditedPost, slug: str) -> bytes:
    """Of the address and the text: the page is made from the text and holds nothing else."""
    return approvals.content_digest(slug, pages.as_text(post))


def _put(fire: Fire, post: AuditedPost, slug: str) -> str:
    """The plain text first: where there is a page, its text is there too."""
    put_page(fire, f"{FOLDER}/{slug}.txt", pages.as_text(post), PLAIN)
    return put_page(fire, f"{FOLDER}/{slug}.html", pages.as_html(post, title=fire.vertical.title), HTML)


def _keep_back(fire: Fire, post: AuditedPost, status: str) -> str:
    """Why a post is not published: the owner was asked, or it changed since, or it may be published already."""
    if status == "changed":
        return "refused"
    if status != "waiting":
        _report_unknown(fire, post, status)
        return "unknown"
    return "waiting"


def _report_unknown(fire: Fire, post: AuditedPost, status: str) -> None:
    open_finding(
        fire.brain,
        fingerprint=f"unpublished:{post.id}",
        kind="unpublished",
        subject=f"draft {post.id}",
        level="brief",
        title=f"whether draft {post.id} was published is {status}; it is not published again",
        effect="a post is missing from the feed, or is in it unconfirmed",
        evidence={"act": status},
        watcher=fire.record.reports_to,
    )


ROLE = RoleCode(work=work, preflight=preflight)
