"""The two bodies of the brief's mail: with a link at each question, where the company has a console."""

from ceo.question_links import with_links
from company.brief import BriefPage, html, text
from company.brief.rows import MailedBrief
from company.errors import Refused
from company.fire.fire import Fire
from company.owner import decision_links


def bodies(fire: Fire, brief: MailedBrief) -> tuple[str, str]:
    """Plain text and HTML. The links are made for this mail; a mail that is sent again has new links."""
    if not fire.settings.console_url:
        return brief.body, brief.html
    page = with_links(BriefPage.from_json(brief.facts["page"]), lambda number: _link(fire, number))
    return text.render(page), html.render(page, brief.subject)


def _link(fire: Fire, decision_id: int) -> str | None:
    try:
        return fire.settings.console_url.rstrip("/") + decision_links.issue(fire.brain, decision_id)
    except Refused:
        return None  # answered since the page was written
