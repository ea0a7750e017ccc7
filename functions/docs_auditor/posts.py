"""Published posts as their readers get them, beside the drafts that were approved: nothing was changed on the way."""

import re
from html import unescape

from company.fire.fire import Fire
from company.text.cleaning import visible, visible_line
from company.text.posts import PublishedPost, notice_of

ARTICLE = re.compile(r"<article>(.*)</article>", re.S)
TAG = re.compile(r"</?(\w+)[^>]*>")
USUAL_TAGS = {"h1", "p", "footer"}
NOT_THERE = ("NoSuchKey", "404", "AccessDenied")
"""What S3 says of what is missing; the last to who has no right to list, as no role has for pages."""


def kept_page(fire: Fire, key: str) -> str | None:
    """A page of the bucket as its readers get it; None where there is none. What S3 fails at else is raised."""
    from botocore.exceptions import ClientError

    try:
        answer = fire.cloud.client("s3").get_object(Bucket=fire.settings.bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in NOT_THERE:
            raise
        return None
    return str(answer["Body"].read().decode())


def changed_page(post: PublishedPost, page: str | None, text: str | None) -> str:
    """What the page and the plain text of a post have otherwise than its draft; '' where they are as approved."""
    if page is None or text is None:
        return f"its {'page' if page is None else 'plain text'} is not there"
    notice = [notice_of(post)] if post.corrected_at else []
    lines = [line for line in visible("\n".join([*notice, post.body])).splitlines() if line.strip()]
    approved = "\n\n".join([post.title, *notice, post.body.rstrip(), ""])
    # The approved text, and the line about when it was checked.
    if not text.startswith(approved) or len(text.splitlines()) > len(f"{approved}-".splitlines()):
        return "its plain text is not the approved one"
    article = ARTICLE.search(page)
    inside = article[1] if article else ""
    if strange := sorted(set(TAG.findall(inside)) - USUAL_TAGS):
        return f"its page has parts that no post has: {', '.join(strange)}"
    said = [unescape(line) for line in TAG.sub("\n", inside).splitlines() if line.strip()]
    if said[:-1] != [visible_line(post.title), *lines]:
        return "its page says something else than was approved"
    return ""
