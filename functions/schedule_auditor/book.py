"""schedule_auditor by the book: checks the beats, the ledger, the managers' notes, and that watchers answer."""

from collections.abc import Mapping, Sequence
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.json_values import json_ready
from company.outcomes import Done, Outcome
from company.owner.alerts import send_due_alerts
from company.text.wording import counted, day_and_time
from company.tools.audits import record_audit
from company.tools.findings import open_finding
from company.tools.inbox import escalate
from company.watch.audit_findings import Problem, close_mine, sync_findings
from company.watch.findings import my_open_findings
from company.watch.healing import close_healed_schedules
from company.watch.watching import answer_findings, answer_remaining
from schedule_auditor.tools import (
    BeatFigures,
    LateAnswer,
    ManagerFire,
    RegularSchedule,
    ShortLedger,
    beat_figures,
    fires_without_note,
    late_answers,
    raise_stale_escalations,
    short_ledgers,
    standing_schedules,
)

LONGEST_GAP_MINUTES = 15
AHEAD_HOURS = 24
ANSWER_WITHIN_HOURS = 2
BEAT = "beat:heartbeat"
BEATS = "heartbeat's beats"
"""The item of an audit that stands for all beats of its span."""


def work(fire: Fire) -> Outcome:
    """Checks all of it every time: a watch that nobody checks is only assumed to work."""
    watched = answer_findings(fire)
    schedules, beats = fire.use(standing_schedules), fire.use(beat_figures)
    notes = fire.use(fires_without_note)
    short = fire.use(short_ledgers, hours=AHEAD_HOURS)
    healed = close_healed_schedules(fire)
    sync_findings(fire, "beat:", [*of_beats(beats), *of_incomplete(beats)])
    sync_findings(fire, "ledger:", [of_ledger(row) for row in short])
    without_note = report_missing_notes(fire, notes)
    late = escalate_late_answers(fire)
    raised = fire.use(raise_stale_escalations)
    looked_at = [row.schedule for row in schedules] + [f"fire {note.session_id}" for note in notes] + [BEATS]
    wrong = [row.schedule for row in short] + without_note + ([BEATS] if of_beats(beats) else [])
    wrong += audit_ledger(fire, schedules, looked_at, wrong)
    evidence = {
        "schedules": len(schedules),
        "beats": beats.beats,
        "longest_gap_minutes": beats.longest_gap,
        "notes": len(notes),
        "without_note": len(without_note),
        "short_ledgers": len(short),
        "late_answers": len(late),
        "findings_healed": healed,
        "raised_again": len(raised),
        "sampled": len(looked_at),
        "differing": len(wrong),
        "alerts_sent": send_due_alerts(fire),
    }
    return Done(evidence | watched.evidence, note=write_note(evidence))


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must not depend on the model: alerts are sent, escalations raised again, findings answered."""
    raised, healed = len(fire.use(raise_stale_escalations)), close_healed_schedules(fire)
    figures = {"alerts_sent": send_due_alerts(fire), "duty_raised_again": raised, "findings_healed": healed}
    return answer_remaining(fire) | figures


def of_beats(beats: BeatFigures) -> list[Problem]:
    """A gap in the beats, whether it goes on or is over."""
    if beats.longest_gap <= LONGEST_GAP_MINUTES:
        return []
    return [
        Problem(
            fingerprint=BEAT,
            kind="stale_beat",
            subject="heartbeat",
            title=f"heartbeat sent no beat for {beats.longest_gap} min (limit {LONGEST_GAP_MINUTES} min)",
            evidence=json_ready(beats),
            level="ring",
            effect="a schedule that fell silent meanwhile was not noticed",
            accused="heartbeat",
        )
    ]


def of_incomplete(beats: BeatFigures) -> list[Problem]:
    """Beats that come, and leave something out each time."""
    if not beats.left_out:
        return []
    return [
        Problem(
            fingerprint="beat:incomplete",
            kind="incomplete_beat",
            subject="heartbeat",
            title="heartbeat did less than all in its last 3 beats",
            evidence={"left_out": beats.left_out},
            level="ring",
            effect="what it leaves out is neither noticed nor reported",
            accused="heartbeat",
        )
    ]


def of_ledger(row: ShortLedger) -> Problem:
    return Problem(
        fingerprint=f"ledger:{row.schedule}",
        kind="short_ledger",
        subject=row.schedule,
        title=f"{row.schedule}'s ledger is not written {AHEAD_HOURS} h ahead",
        evidence=json_ready(row),
        level="today",
        effect="a fire that is not expected cannot be missed",
        accused="heartbeat",
    )


def of_unsaid(schedule: str) -> Problem:
    return Problem(
        fingerprint=f"unsaid:{schedule}",
        kind="unsaid_mute",
        subject=schedule,
        title=f"{schedule} is DISABLED in EventBridge, and heartbeat has not said so",
        evidence={"schedule": schedule, "state": "DISABLED"},
        level="today",
        effect="a schedule that is switched off was nobody's news",
        accused="heartbeat",
    )


def report_missing_notes(fire: Fire, notes: Sequence[ManagerFire]) -> list[str]:
    """Managers who closed a fire without a note; over when a later fire of theirs has one."""
    last = {note.role: note for note in notes}
    without = [note for note in notes if not note.has_note]
    each(fire, "fires without a note", without, partial(open_missing_note, fire), name=lambda note: note.role)
    over = {f"no_note:{role}" for role, note in last.items() if note.has_note}
    mine = [finding for finding in my_open_findings(fire.brain, "no_note:") if finding.fingerprint in over]
    close_mine(fire, mine, "its last fire was closed with a note")
    return [f"fire {note.session_id}" for note in without]


def open_missing_note(fire: Fire, note: ManagerFire) -> None:
    fire.use(
        open_finding,
        fingerprint=f"no_note:{note.role}",
        kind="no_note",
        subject=note.role,
        title=f"{note.role} closed a fire without a note",
        watcher=fire.record.reports_to,
        effect="its domain is missing from what you read",
        evidence={"session": note.session_id, "due_at": note.due_at.isoformat()},
        accused=note.role,
    )


def escalate_late_answers(fire: Fire) -> list[int]:
    """The findings whose watchers were woken and did not answer in time."""
    late = fire.use(late_answers, hours=ANSWER_WITHIN_HOURS)
    return each(fire, "late answers", late, partial(escalate_late, fire), name=lambda finding: f"F-{finding.id}")


def escalate_late(fire: Fire, finding: LateAnswer) -> int:
    """Once per finding: the ceo reads who was woken and did not answer."""
    found, woken = (
        day_and_time(at, fire.settings.owner_timezone, fire.now) for at in (finding.found_at, finding.woken_at)
    )
    fire.use(
        escalate,
        subject=f"F-{finding.id} has no answer: {finding.watcher}",
        body=f"{finding.title}. {finding.watcher} had to answer and has not.",
        checked="the finding, and whether its watcher was woken",
        showed=f"found {found}, woken {woken}, no answer",
        finding_id=finding.id,
        facts={"kind": finding.kind, "subject": finding.subject},
    )
    return finding.id


def audit_ledger(fire: Fire, schedules: Sequence[RegularSchedule], looked_at: list[str], other: list[str]) -> list[str]:
    """One audit a fire, of the ledger that heartbeat keeps; gives the schedules that are muted and nobody said so."""
    unsaid = [row.schedule for row in schedules if row.is_muted_unsaid]
    wrong = [*other, *unsaid]
    items = list(dict.fromkeys(looked_at))
    differences = [{"item": item, "expected": "as it should be", "found": "not so"} for item in dict.fromkeys(wrong)]
    recorded = fire.use(
        record_audit,
        what="beats, ledger and notes looked at",
        subject="the watch",
        whose="heartbeat",
        looked_at=items,
        differences=differences,
        is_all=True,
    )
    sync_findings(fire, "unsaid:", [of_unsaid(schedule) for schedule in unsaid if schedule in recorded.report])
    return unsaid


def write_note(figures: Mapping[str, int]) -> str:
    return (
        f"{counted(figures['schedules'], 'schedule')} and {counted(figures['beats'], 'beat')} looked at, longest gap "
        f"{figures['longest_gap_minutes']} of {LONGEST_GAP_MINUTES} min; "
        f"{counted(figures['short_ledgers'], 'ledger')} short; "
        f"{figures['without_note']} of {counted(figures['notes'], 'fire')} of managers without a note; "
        f"{counted(figures['late_answers'], 'finding')} unanswered too long, "
        f"{counted(figures['raised_again'], 'escalation')} raised again."
    )


ROLE = RoleCode(work=work, duties=duties)
