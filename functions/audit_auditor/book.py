"""audit_auditor by the book: whether each auditor looked, at real things, and found what was planted for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter

from audit_auditor.tools import (
    AuditorFigures,
    ItemsAgain,
    PlantedTest,
    auditors_at_work,
    catch_rates,
    doubtful_audits,
    items_again,
    planted_tests,
)
from company.fire.apart import each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.json_values import JsonObject
from company.outcomes import Done, Outcome
from company.text.wording import counted
from company.tools.audits import record_audit
from company.watch.audit_findings import Problem, sync_findings
from company.watch.catch_rates import CatchRate
from company.watch.watching import answer_findings, answer_remaining

WEEK_HOURS = 7 * 24
MONTH_WEEKS = 4
FEWEST_TESTS = 3
"""In each of two months: of fewer no rate is compared."""
FALLS_BY = 0.25
"""The share of its tests by which an auditor may find fewer than in the month before."""
FEWEST_FIRES = 3


def work(fire: Fire) -> Outcome:
    """A week of every auditor, or all since the last fire; one hired within the week is judged by what it did since."""
    watched = answer_findings(fire)
    auditors, tests = fire.use(auditors_at_work, hours=WEEK_HOURS), fire.use(planted_tests, hours=2 * WEEK_HOURS)
    again = {auditor.role: fire.use(items_again, auditor=auditor.role, hours=WEEK_HOURS) for auditor in auditors}
    missed = [test for test in tests if test.found_by is None]
    wrong = [problem for auditor in auditors for problem in of_auditor(fire.now, auditor, missed)]
    wrong += [problem for auditor in fire.use(auditors_at_work) for problem in of_records(auditor)]
    wrong += [_problem(row.auditor, row.what, row.facts) for row in fire.use(doubtful_audits)]
    wrong += falling(fire.use(catch_rates, weeks=2 * MONTH_WEEKS))
    invented = each(fire, "auditors", again.items(), partial(audit_auditor, fire, wrong), name=itemgetter(0))
    wrong += [problem for problem in invented if problem]
    changes = sync_findings(fire, "auditor:", wrong)
    looked_up = sum(len(drawn.items) for drawn in again.values())
    evidence = {"auditors": len(auditors), "looked_up_again": looked_up, "sampled": len(auditors) + looked_up}
    evidence |= {"differing": len(wrong), "planted": len(tests), "caught": len(tests) - len(missed)}
    evidence |= {"missed": len(missed), "findings_opened": changes.opened, "findings_closed": changes.closed}
    return Done(evidence | watched.evidence, note=write_note(evidence))


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must not depend on the model: findings that still wait are answered."""
    return answer_remaining(fire)


def of_auditor(now: datetime, auditor: AuditorFigures, missed: Sequence[PlantedTest]) -> list[Problem]:
    """All that is wrong with one auditor's week, as its figures show it."""
    role, found = auditor.role, []
    is_new = now - auditor.published_at < timedelta(days=1)
    if not auditor.fires and not is_new:
        found.append(_problem(role, "did not look", {"fires": 0, "days": 7}))
    if auditor.fires_at_work == auditor.fires >= FEWEST_FIRES and not auditor.audits:
        found.append(_problem(role, "looked at nothing", {"fires": auditor.fires, "audits": 0}))
    not_found = [test.id for test in missed if test.whose_test == role]
    if not_found:
        found.append(_problem(role, "missed what was planted", {"plants": not_found}))
    return found


def of_records(auditor: AuditorFigures) -> list[Problem]:
    """Whether an auditor recorded what it says that it looked at, in all fires that nobody has judged yet."""
    if auditor.reported_sampled <= auditor.looked_at:
        return []
    what = "recorded less than it says" if auditor.audits else "recorded nothing"
    facts = {"said": auditor.reported_sampled, "recorded": auditor.looked_at}
    return [_problem(auditor.role, what, facts)]


def falling(rates: Sequence[CatchRate]) -> list[Problem]:
    """The auditors who find fewer of their tests than in the month before."""
    problems = []
    for role in dict.fromkeys(rate.auditor for rate in rates):
        now, before = (_month(rates, role, month) for month in (0, 1))
        if min(now[1], before[1]) >= FEWEST_TESTS and before[0] / before[1] - now[0] / now[1] >= FALLS_BY:
            facts = {"caught": now[0], "of": now[1], "caught_before": before[0], "of_before": before[1]}
            problems.append(_problem(role, "finds fewer than before", facts))
    return problems


def _month(rates: Sequence[CatchRate], role: str, months_ago: int) -> tuple[int, int]:
    """Caught, and tests that are over, of four weeks."""
    of_month = [rate for rate in rates if rate.auditor == role and rate.weeks_ago // MONTH_WEEKS == months_ago]
    return sum(rate.caught for rate in of_month), sum(rate.caught + rate.missed for rate in of_month)


def audit_auditor(fire: Fire, all_wrong: Sequence[Problem], looked_up: tuple[str, ItemsAgain]) -> Problem | None:
    """One audit per auditor: its week, and each thing looked up again; the problem of those that never were."""
    auditor, again = looked_up
    wrong = [problem.title for problem in all_wrong if problem.accused == auditor]
    week = f"a week of {auditor}"
    differences: list[JsonObject] = [{"item": week, "expected": "a week's audits", "found": wrong}] if wrong else []
    differences += [{"item": item, "expected": "a thing of its source", "found": None} for item in again.unknown]
    recorded = fire.use(
        record_audit,
        what="audits looked at again",
        subject=auditor,
        whose=auditor,
        looked_at=[week, *again.items],
        differences=differences,
    )
    invented = [item for item in again.unknown if item in recorded.report]
    return _problem(auditor, "named things that never were", {"things": invented}) if invented else None


def write_note(figures: Mapping[str, int]) -> str:
    return (
        f"{counted(figures['auditors'], 'auditor')} looked at, {figures['looked_up_again']} of their things looked up "
        f"again, {figures['differing']} differ; {counted(figures['planted'], 'test')} over, "
        f"{figures['caught']} caught, {figures['missed']} missed."
    )


def _problem(role: str, what: str, evidence: Mapping[str, object]) -> Problem:
    return Problem(
        fingerprint=f"auditor:{role}:{what}",
        kind="weak_audit",
        subject=role,
        title=f"{role} {what}: {', '.join(f'{name} {value}' for name, value in evidence.items())}"[:300],
        evidence=evidence,
        effect="what it should have found may be wrong",
        accused=role,
    )


ROLE = RoleCode(work=work, duties=duties)
