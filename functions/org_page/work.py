"""Draws the pages of responsibilities and slots, and opens a finding for everything that nobody is responsible for."""

from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from company.aws.bucket import HTML, put_page
from company.fire.apart import each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.pages import org, org_html, slots, slots_html
from company.pages.responsibility import Orphan, OrphanFinding
from company.watch.findings import close_finding, open_finding

ORG, SLOTS = "pages/org.html", "pages/slots.html"
A_DAY = timedelta(hours=24)


def work(fire: Fire) -> Outcome:
    """Findings first: an orphan must be reported even when the pages cannot be kept."""
    title, zone, desk = fire.vertical.title, ZoneInfo(fire.settings.owner_timezone), fire.settings.desk
    drawn = org.gather(fire.brain, title=title, zone=zone, desk=desk)
    opened = sum(each(fire, "orphans", drawn.orphans, partial(_open_orphan_finding, fire), name=_fingerprint))
    closed = _close_what_is_over(fire, {_fingerprint(orphan) for orphan in drawn.orphans})
    ledger = slots.gather(fire.brain, title=title, zone=zone, since=fire.now - A_DAY, until=fire.now, desk=desk)
    pages = {ORG: lambda: org_html.render(drawn), SLOTS: lambda: slots_html.render(ledger)}
    each(fire, "pages", pages, lambda key: put_page(fire, key, pages[key](), HTML))
    return Done(
        {
            "checks": len(drawn.checks),
            "orphans": len(drawn.orphans),
            "findings_opened": opened,
            "findings_closed": closed,
            "roles": len(drawn.people),
            "differing": len(drawn.differing),
            "schedules": len(ledger.schedules),
            "slots": len(ledger.slots),
        }
    )


def _fingerprint(orphan: Orphan) -> str:
    return f"orphan:{orphan.check}:{orphan.subject}"


def _open_orphan_finding(fire: Fire, orphan: Orphan) -> bool:
    opened = open_finding(
        fire.brain,
        fingerprint=_fingerprint(orphan),
        kind="orphan",
        subject=orphan.subject,
        level="brief",
        title=orphan.sentence,
        effect="nobody is sure to notice when this goes wrong",
        evidence={"check": orphan.check},
        watcher=orphan.owner,
    )
    return opened.is_new


def _close_what_is_over(fire: Fire, still_caught: set[str]) -> int:
    findings = fire.brain.rows(OrphanFinding, "orphan_findings")
    over = [finding for finding in findings if finding.fingerprint not in still_caught]
    return sum(each(fire, "orphans that are over", over, partial(_close, fire), name=lambda f: f"F-{f.id}"))


def _close(fire: Fire, finding: OrphanFinding) -> bool:
    return close_finding(fire.brain, finding.id, "the check passes again")


ROLE = RoleCode(work=work)
