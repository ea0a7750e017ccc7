"""The text around the tree, the same in the terminal and in HTML: head, orphans, differences, watchers, facts."""

from collections.abc import Sequence

from company.owner.alert_wording import subject_of
from company.pages.banner import desk_banner
from company.pages.org import AlarmTest, Org, OrgFinding, Person, UnsentAlert
from company.pages.responsibility import DifferingSchedule
from company.text.wording import (
    counted,
    day_and_time,
    duration_text,
    format_number,
    join_first,
    moment_text,
    short_date,
    time_of_day,
)


def head(org: Org) -> tuple[str, str]:
    """The page's title, and when and from what it was drawn."""
    drawn = f"drawn {short_date(org.facts.now, org.zone)} {time_of_day(org.facts.now, org.zone)}"
    return (
        f"{org.title.upper()}  who answers for what",
        f"{drawn} · from the brain, and the schedules as heartbeat saw them",
    )


def banner(org: Org) -> str:
    return desk_banner(org.desk) if org.facts.is_simulated else ""


def orphans(org: Org) -> tuple[str, list[str], str]:
    """The headline with the number of checks, a line for each orphan, and each check with its count."""
    caught = [orphan.sentence for orphan in org.orphans]
    counts = " · ".join(f"{check.check_name} {len(check.caught)}" for check in org.checks)
    return f"ORPHANS {len(caught)} ({len(org.checks)} checks)", caught, counts


def differing(org: Org) -> list[str]:
    """Deployed schedules that are not as published."""
    return [_difference(row) for row in org.differing]


def _difference(row: DifferingSchedule) -> str:
    deployed = row.state if row.state == "DISABLED" else f"{row.expression} {row.timezone}"
    finding = f" (F-{row.finding_id})" if row.finding_id else ""
    published = f"{row.published_expression} {row.published_timezone}"
    return f"{row.schedule} is deployed {deployed}, published {published}{finding}"


def needs_a_look(org: Org) -> list[str]:
    """Open findings with their watchers, alarms whose last test failed, and alerts that could not be sent."""
    failing = [f"alarm {test.alarm} {_test_result(test, org)}" for test in org.alarms if not test.is_ok]
    unsent = [
        f"not sent after {counted(alert.tries, 'try', 'tries')}: {subject_of(alert)}"
        for alert in org.alerts
        if alert.tries
    ]
    return [_open(row, org) for row in org.trouble] + failing + unsent


def folded(branch: Sequence[Person]) -> str:
    """build: 3 employees, all fired, all watched."""
    machines = sum(person.kind == "machine" for person in branch)
    people = [counted(len(branch) - machines, "employee"), *([counted(machines, "machine")] if machines else [])]
    return f"{branch[0].role.removesuffix('_manager')}: {', '.join(people)}, all fired, all watched"


def _open(row: OrgFinding, org: Org) -> str:
    waits = f"; D-{row.decision_id} waits for you" if row.decision_id else ""
    planted = "(planted) " if row.planted else ""
    since = moment_text(row.found_at, org.facts.now, org.zone)
    return f"F-{row.id} {planted}{row.title}: {row.watcher}, since {since}{waits}"


def owner(org: Org) -> str:
    answered = org.facts.owner_answered_at
    return f"owner (you), answered {moment_text(answered, org.facts.now, org.zone)}" if answered else "owner (you)"


def watchers(org: Org) -> list[str]:
    """The chain of watchers from heartbeat on, until it comes back to a role in it; the last beat; the other alarms."""
    watched_by = {person.role: person.watched_by for person in org.people}
    chain: list[str] = []
    role: str | None = "heartbeat"
    while role in watched_by and role not in chain:
        chain.append(role)
        role = watched_by[role]
    closed = f" <- {role} again" if role in chain else ""
    return [f"{' <- '.join(chain)}{closed}", _beat(org), _other_clocks(org), *_unsent(org)]


def _other_clocks(org: Org) -> str:
    """An alarm that never rang proves nothing: the last test of each, with its result."""
    tested = " · ".join(f"{test.alarm} {_test_result(test, org)}" for test in org.alarms)
    return f"on other clocks: {tested or 'never tested; watchbill doctor --ring tests each alarm'}"


def _test_result(test: AlarmTest, org: Org) -> str:
    result = test.result if test.is_ok else f"FAILED, {test.result}"
    return f"tested {moment_text(test.tested_at, org.facts.now, org.zone)}: {result}"


def _unsent(org: Org) -> list[str]:
    if not org.alerts:
        return ["alerts not sent to you yet: none"]
    alerts = "; ".join(f"{subject_of(alert)} ({alert.level}, {_when(alert, org)})" for alert in org.alerts)
    return [f"alerts not sent to you yet: {len(org.alerts)}: {alerts}"]


def _when(alert: UnsentAlert, org: Org) -> str:
    now = org.facts.now
    return (
        f"not before {moment_text(alert.not_before, now, org.zone)}" if alert.not_before > now else "with the next beat"
    )


def _beat(org: Org) -> str:
    last = org.facts.last_beat_at
    if last is None:
        return "no beat yet: nobody watches"
    ago = duration_text(org.facts.now - last)
    beats = counted(org.facts.beats, "beat")
    less = f"; it left out {join_first(org.facts.left_out, 3)}" if org.facts.left_out else ""
    return f"last beat {day_and_time(last, org.zone, org.facts.now)}, {ago} ago; {beats} so far{less}"


def three_facts(org: Org) -> str:
    """How many schedules are published, how many are deployed, and how many of those agree."""
    facts = org.facts
    agree = facts.deployed - len(org.differing)
    published = moment_text(facts.published_at, facts.now, org.zone) if facts.published_at else "never"
    published_now = f"{format_number(facts.published)} schedules published (records of {published})"
    deployed = format_number(facts.deployed)
    return f"{published_now}, {deployed} deployed, {format_number(agree)} of {deployed} agree"
