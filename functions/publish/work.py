"""Publishes audited posts as pages and in a feed: each is recorded before it is published and confirmed after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from company.aws.bucket import HTML, PLAIN, RSS, put_page
from company.errors import Refused
from company.fire.apart import attempt, each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.owner import approvals
from company.owner.approvals import CORRECT
from company.owner.outbox import OutboxEntry, confirm_entry, record_entry
from company.settings import Settings
from company.text.posts import PublishedPost, notice_of
from company.watch.findings import open_finding
from publish import feed, pages
from publish.pages import AuditedPost

ACTION = "publish"
LEFT_THE_QUEUE = "a_post_is_put_out_from_the_queue"
FOLDER = "pages/posts"
URL_SIGNS = ":/?#[]@!$&'()*+,;=%"


@dataclass(frozen=True)
class PostToCorrect(PublishedPost):
    """A published post whose facts were taken back. failed_times: how often its correction could not be put out."""

    failed_times: int


@dataclass(frozen=True)
class PostPage:
    """The page of a post as it is put out. key: under which it goes out once. facts: how many it is about.

    notice: what is new on it, where it is not the post itself; the owner is asked about that.
    """

    action: str
    key: str
    draft_id: int
    slug: str
    title: str
    facts: int
    text: str
    html: str
    notice: str = ""

    @property
    def digest(self) -> bytes:
        """Of the address and the text: the page is made from the text and holds nothing else."""
        return approvals.content_digest(self.slug, self.text)


def preflight(fire: Fire) -> str | None:
    """A reason to skip: the action is closed, or no audited post waits; and no post is to be corrected."""
    if _is_not_closed(fire, CORRECT) and _has_corrections(fire):
        return None
    if fire.brain.value("approval_level", action=ACTION) == "closed":
        return "the approval level of publish is closed; the owner opens it"
    is_waiting = approvals.has_approvals_to_process(fire, ACTION) or fire.brain.rows(AuditedPost, "drafts_to_publish")
    return None if is_waiting else "no audited post waits"


def work(fire: Fire) -> Outcome:
    """Corrects and publishes what waits; the feed comes last, so that a fault in it keeps back no post."""
    withdrawn = fire.brain.value("withdraw_post_corrections", because="what was taken back was read again")
    wrong = posts_to_correct(fire) if _is_not_closed(fire, CORRECT) else []
    posts = fire.brain.rows(AuditedPost, "drafts_to_publish") if _is_not_closed(fire, ACTION) else []
    ends = each(fire, "corrections", wrong, partial(correct, fire), name=lambda post: f"draft {post.id}")
    ends += each(fire, "posts", posts, partial(publish, fire), name=lambda post: f"draft {post.id}")
    evidence = {end: ends.count(end) for end in ("published", "waiting", "refused", "unknown")}
    evidence |= {name: count for name, count in _corrections(ends, withdrawn).items() if count}
    if asking := [action for action in (ACTION, CORRECT) if approvals.has_approvals_to_process(fire, action)]:
        evidence["asked"] = sum(each(fire, "approvals", asking, partial(approvals.process_approvals, fire)))
    is_changed = "published" in ends or "corrected" in ends
    in_the_feed = attempt(fire, "the feed", lambda: write_feed(fire), 0) if is_changed else 0
    return Done({**evidence, "in_the_feed": in_the_feed})


def publish(fire: Fire, post: AuditedPost) -> str:
    """published, waiting (for the owner), refused (by the bucket, or it changed) or unknown (its sender was killed)."""
    slug = pages.slug_of(post)
    text, html = pages.as_text(post), pages.as_html(post, title=fire.vertical.title)
    page = PostPage(ACTION, f"{ACTION}:{post.id}", post.id, slug, post.title, len(post.facts), text, html)
    return _put_out(fire, page, partial(fire.brain.run, "publish_draft", slug=slug)) or "published"


def posts_to_correct(fire: Fire) -> list[PostToCorrect]:
    """Published posts whose facts were taken back, until their pages say so."""
    return fire.brain.rows(PostToCorrect, "posts_to_correct")


def correct(fire: Fire, post: PostToCorrect) -> str:
    """corrected: its page begins with what was taken back; otherwise as publish.

    What the bucket refused, or a killed fire left unknown, is put out by a later fire: a page put twice is one page.
    """
    notice = notice_of(post)
    text, html = pages.as_text(post, notice), pages.as_html(post, notice, title=fire.vertical.title)
    key = f"{CORRECT}:post:{post.id}:{post.taken_back_at:%Y-%m-%dT%H:%M:%S}:{post.failed_times}"
    page = PostPage(CORRECT, key, post.id, post.slug, post.title, len(post.taken_back or ()), text, html, notice)
    return _put_out(fire, page, partial(fire.brain.run, "correct_post")) or "corrected"


def _has_corrections(fire: Fire) -> bool:
    is_asking = approvals.has_approvals_to_process(fire, CORRECT)
    return is_asking or bool(posts_to_correct(fire)) or bool(fire.brain.value("has_pointless_post_corrections"))


def _corrections(ends: Sequence[str], withdrawn: int) -> dict[str, int]:
    return {"corrected": ends.count("corrected"), "withdrawn": withdrawn}


def _is_not_closed(fire: Fire, action: str) -> bool:
    return bool(fire.brain.value("approval_level", action=action) != "closed")


def _put_out(fire: Fire, page: PostPage, confirm: Callable[..., object]) -> str:
    """'' when the pages are out and confirmed; else why they are not."""
    try:
        entry, status = _entry_and_status(fire, page)
    except Refused as refused:
        if refused.rule != LEFT_THE_QUEUE:
            raise
        fire.log.warning("a post left the queue meanwhile", draft=page.draft_id, because=str(refused))
        return "refused"
    if status != "recorded":
        return _keep_back(fire, page, status)
    try:
        receipt = _put(fire, page)
    except Exception as error:  # whatever S3 and the network raise: this post is reported, the others are published
        fire.log.warning("a post was not taken", draft=page.draft_id, error=repr(error))
        confirm_entry(fire, entry.outbox_id, was_sent=False, receipt=f"{type(error).__name__}: {error}"[:500])
        return "refused"
    with fire.brain.transaction():
        confirm_entry(fire, entry.outbox_id, was_sent=True, receipt=receipt)
        confirm(session_id=fire.session_id, draft_id=page.draft_id, outbox_id=entry.outbox_id)
    return ""


def _entry_and_status(fire: Fire, page: PostPage) -> tuple[OutboxEntry, str]:
    """The entry of a page, and its status now: an approved one is taken."""
    entry = _record(fire, page)
    is_approved = entry.status == "allowed"
    return entry, approvals.take_approved(fire, entry.outbox_id, page.digest) if is_approved else entry.status


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


def _record(fire: Fire, page: PostPage) -> OutboxEntry:
    return record_entry(
        fire,
        page.action,
        dedupe_key=page.key,
        to_whom=f"{FOLDER}/{page.slug}.html",
        subject=page.title,
        payload={"draft": page.draft_id, "facts": page.facts} | ({"notice": page.notice} if page.notice else {}),
        digest=page.digest,
    )


def _put(fire: Fire, page: PostPage) -> str:
    """The plain text first: where there is a page, its text is there too."""
    put_page(fire, f"{FOLDER}/{page.slug}.txt", page.text, PLAIN)
    return put_page(fire, f"{FOLDER}/{page.slug}.html", page.html, HTML)


def _keep_back(fire: Fire, page: PostPage, status: str) -> str:
    """Why a post is not put out: the owner was asked, or it changed since, or it may be out already."""
    if status == "changed":
        return "refused"
    if status == "waiting":
        return "waiting"
    if page.action == ACTION:
        _report_unknown(fire, page, status)
    return "unknown"


def _report_unknown(fire: Fire, page: PostPage, status: str) -> None:
    open_finding(
        fire.brain,
        fingerprint=f"unpublished:{page.draft_id}",
        kind="unpublished",
        subject=f"draft {page.draft_id}",
        level="brief",
        title=f"whether draft {page.draft_id} was published is {status}; it is not published again",
        effect="a post is missing from the feed, or is in it unconfirmed",
        evidence={"act": status},
        watcher=fire.record.reports_to,
    )


ROLE = RoleCode(work=work, preflight=preflight)
