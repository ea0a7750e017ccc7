"""docs_auditor by the book: compares every record and page with what is deployed and who is here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.sandbox.changes import NotPulled
from company.text.wording import counted, join_with_and
from company.tools.audits import record_audit
from company.watch.audit_findings import Problem, sync_findings
from company.watch.watching import answer_findings, answer_remaining
from docs_auditor.tools import (
    CheckedPage,
    RecordDrift,
    StatedLimit,
    brain_pages,
    changes_not_pulled,
    limits_stated,
    org_page_names,
    published_pages,
    record_drifts,
)

STATUS_IS_OLD_AFTER_HOURS = 24


def work(fire: Fire) -> Outcome:
    """Never skips: the same check a day later finds that a drift is over."""
    watched = answer_findings(fire)
    records, pages = fire.use(record_drifts), fire.use(brain_pages)
    here = {record.role for record in records if not record.is_gone}
    wrong = [drift for record in records for drift in of_record(record)]
    posts = fire.use(published_pages)
    wrong += [drift for page in pages for drift in of_page(page, here)] + of_org_page(fire, here)
    wrong += [_drift(post.post, "what was published", {"is": post.wrong}) for post in posts if post.wrong]
    wrong += map(of_limit, fire.use(limits_stated))
    unpulled = fire.use(changes_not_pulled)
    wrong += map(of_change, unpulled)
    looked_at = [f"record {record.role}" for record in records] + [page.file_key for page in pages]
    looked_at += [*(post.post for post in posts), *(f"C-{change.change_id}" for change in unpulled), "org page"]
    report = audit_pages(fire, looked_at, wrong)
    changes = sync_findings(fire, "drift:", [drift for drift in wrong if drift.subject in report])
    evidence = {"sampled": len(looked_at), "differing": len({drift.subject for drift in wrong}), "drifts": len(wrong)}
    evidence |= {"findings_opened": changes.opened, "findings_closed": changes.closed}
    compared, drifts = counted(len(looked_at), "page"), counted(len(wrong), "drift")
    note = f"{compared} and records compared, {drifts}, {changes.opened} of them new."
    return Done(evidence | watched.evidence, note=note)


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must not depend on the model: findings that still wait are answered."""
    return answer_remaining(fire)


def of_record(record: RecordDrift) -> list[Problem]:
    """How a role's record, roster row, page and deployed schedule differ, and which absent roles its page names."""
    found = [_drift(f"record {record.role}", what, dict(sides)) for what, sides in record.differs.items()]
    return found + _names_absent(f"record {record.role}", record.names_gone)


def of_page(page: CheckedPage, here: set[str]) -> list[Problem]:
    """The pages that are no records: each by its own rule."""
    key = page.file_key
    if key == "PROJECT_STATUS" and page.age_hours > STATUS_IS_OLD_AFTER_HOURS:
        return [_drift(key, "age", {"hours": round(page.age_hours), "limit": STATUS_IS_OLD_AFTER_HOURS})]
    if key == "PRODUCT" and not page.is_as_deployed:
        return [_drift(key, "text", {"published": "another text than the deployed product's"})]
    if key.startswith("MEMORY_") and key.removeprefix("MEMORY_").lower() not in here:
        return [_drift(key, "owner", {"role": key.removeprefix("MEMORY_").lower(), "is": "not here"})]
    return []


def of_limit(limit: StatedLimit) -> Problem:
    """What readers are promised of a source, and another limit by which the company judges it."""
    what = f"limit of {limit.source or 'no source of ours'}"
    held = f"{limit.held:g} hours" if limit.held else "none"
    stated = join_with_and([f"{hours:g}" for hours in limit.stated])
    drift = _drift("PRODUCT", what, {"stated": f"{stated} hours", "in the brain": held})
    return replace(drift, effect="customers read that data is fresh, and are judged by another limit")


def of_org_page(fire: Fire, here: set[str]) -> list[Problem]:
    """Written each hour; a page that was never written is reported by heartbeat, not here."""
    names = fire.use(org_page_names)
    missing = sorted(here - set(names)) if names else []
    return [_drift("org page", "people", {"missing": missing})] if missing else []


def of_change(change: NotPulled) -> Problem:
    """What is deployed and in no release is lost at the owner's next deploy, so she reads of it until she pulled it."""
    number = f"C-{change.change_id}"
    return Problem(
        fingerprint=f"drift:{number}:checkout",
        kind="drift",
        subject=number,
        title=f"{number} is deployed and not in your checkout: {change.title}"[:300],
        evidence={"change": change.change_id, "deployment": change.deployment_id},
        effect=f"your next deploy undoes it: watchbill changes export, git am, watchbill changes pulled {number}",
    )


def audit_pages(fire: Fire, looked_at: list[str], wrong: list[Problem]) -> Sequence[str]:
    """One audit of all pages and records; the subjects to report."""
    differences = [{"item": d.subject, "expected": d.title, "found": d.evidence} for d in _first_of_each(wrong)]
    recorded = fire.use(
        record_audit,
        what="compared with what is deployed",
        subject="pages and records",
        whose="migrate",
        looked_at=looked_at,
        differences=differences,
        is_all=True,
    )
    return recorded.report


def _first_of_each(wrong: list[Problem]) -> list[Problem]:
    return list({drift.subject: drift for drift in reversed(wrong)}.values())


def _names_absent(subject: str, gone: Sequence[str]) -> list[Problem]:
    return [_drift(subject, "names who is not here", {"names": list(gone)})] if gone else []


def _drift(subject: str, what: str, sides: Mapping[str, object]) -> Problem:
    shown = ", ".join(f"{side} {value}" for side, value in sides.items())
    return Problem(
        fingerprint=f"drift:{subject}:{what}",
        kind="drift",
        subject=subject,
        title=f"{subject} drifts in {what}: {shown}"[:300],
        evidence=sides,
        effect="none for customers; its readers are misled",
    )


ROLE = RoleCode(work=work, duties=duties)
