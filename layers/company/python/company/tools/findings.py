"""Tools on findings: what is wrong, who watches it, and how it ended."""

from company.fire.fire import Fire
from company.json_values import JsonObject
from company.tools import by_need, reading_tool, tool
from company.watch import findings
from company.watch.finding_records import Finding
from company.watch.findings import Level, OpenedFinding

MOST_ROWS = 200


@reading_tool
def my_findings(fire: Fire) -> list[Finding]:
    """Lists open findings that name you as the watcher. One without answered_at waits for your answer.

    Example: my_findings() gives [{"id": 7, "kind": "missed", "subject": "x", "title": "...", "answered_at": null}].
    """
    return fire.brain.rows(Finding, "my_findings")


@by_need
@reading_tool
def list_findings(fire: Fire, only_open: bool = True, limit: int = 50) -> list[Finding]:
    """Lists the company's findings: open ones first, of these the gravest, then the newest; 200 at most.

    Example: list_findings(only_open=False, limit=20).
    """
    return fire.brain.rows(Finding, "list_findings", only_open=only_open, limit=max(1, min(limit, MOST_ROWS)))


@by_need
@tool
def open_finding(
    fire: Fire,
    fingerprint: str,
    kind: str,
    subject: str,
    title: str,
    watcher: str,
    level: Level = "brief",
    effect: str = "",
    evidence: JsonObject | None = None,
    accused: str | None = None,
) -> OpenedFinding:
    """Reports that something is wrong. An open finding of the same fingerprint is only counted once more.

    kind and subject: what is wrong with which thing. watcher: the role that must answer. level: ring, today, brief or
    log. effect: what customers notice. accused: whose work it is about; they cannot close it.
    Example: open_finding(fingerprint="differs:x", kind="differs", subject="x", title="3 of 200 rows differ",
    watcher="data_manager", evidence={"looked_at": 200, "differing": 3}).
    """
    return findings.open_finding(
        fire.brain,
        fingerprint=fingerprint,
        kind=kind,
        subject=subject,
        level=level,
        title=title,
        watcher=watcher,
        effect=effect,
        evidence=evidence,
        accused=accused,
    )


@tool
def answer_finding(fire: Fire, finding_id: int, answer: str) -> dict[str, int]:
    """Answers a finding as its watcher: what you checked, what it showed, what comes next. A later answer replaces it.

    Example: answer_finding(finding_id=7, answer="Checked: the last session failed: ...; it works since 18:05").
    """
    findings.answer_finding(fire.brain, finding_id, answer)
    return {"finding_id": finding_id}


@by_need
@tool
def close_finding(fire: Fire, finding_id: int, resolution: str) -> dict[str, int | bool]:
    """Closes a finding that is over, with how it ended. Refused to the role that it is about.

    Example: close_finding(finding_id=7, resolution="switched on again Thu 08:10 after the owner's yes").
    """
    return {"finding_id": finding_id, "closed": findings.close_finding(fire.brain, finding_id, resolution)}
