"""What stands around the tree, the same in the terminal and in HTML: head, orphans, differences, watchers, facts."""

from collections.abc import Sequence

from company.pages.org import Org, Row
from company.wording import counted, day_and_time, figure, nearby, short_date, span, time_of_day


def head(org: Org) -> tuple[str, str]:
    """Whose page, and when and from what it was drawn."""
    drawn = f"drawn {short_date(org.facts['now'], org.zone)} {time_of_day(org.facts['now'], org.zone)}"
    return (
        f"{org.title.upper()}  who answers for what",
        f"{drawn} · from the brain, and the schedules as heartbeat saw them",
    )


def banner(org: Org) -> str:
    return f"SIMULATED DAY, {org.desk or 'simulated time'}" if org.facts["is_simulated"] else ""


def orphans(org: Org) -> tuple[str, list[str], str]:
    """The headline with the number of checks, each thing caught in words, and each check with its count."""
    caught = [f"{row['subject']} {row['detail']}" for row in org.orphans]
    counts = " · ".join(f"{row['check_name']} {len(row['caught'])}" for row in org.checks)
    return f"ORPHANS {len(caught)} ({len(org.checks)} checks)", caught, counts


def differing(org: Org) -> list[str]:
    """Deployed schedules that are not as published."""
    return [_differs(row) for row in org.differing]


def _differs(row: Row) -> str:
    deployed = row["state"] if row["state"] == "DISABLED" else f"{row['expression']} {row['timezone']}"
    finding = f" (F-{row['finding_id']})" if row["finding_id"] else ""
    published = f"{row['published_expression']} {row['published_timezone']}"
    return f"{row['schedule']} is deployed {deployed}, published {published}{finding}"


def needs_a_look(org: Org) -> list[str]:
    """What is open and whose it is; alarms whose last test failed; what was to be told and could not be sent."""
    failing = [f"alarm {row['alarm']} {_tested(row, org)}" for row in org.alarms if not row["is_ok"]]
    stuck = [
        f"not sent after {counted(row['tries'], 'try', 'tries')}: {row['subject']}"
        for row in org.alerts
        if row["tries"]
    ]
    return [_open(row, org) for row in org.trouble] + failing + stuck


def folded(branch: Sequence[Row]) -> str:
    """build: 3 employees, all fired, all watched."""
    machines = sum(row["kind"] == "machine" for row in branch)
    who = [counted(len(branch) - machines, "employee"), *([counted(machines, "machine")] if machines else [])]
    return f"{branch[0]['role'].removesuffix('_manager')}: {', '.join(who)}, all fired, all watched"


def _open(row: Row, org: Org) -> str:
    waits = f"; D-{row['decision_id']} waits for you" if row["decision_id"] else ""
    planted = "(planted) " if row["planted"] else ""
    since = nearby(row["found_at"], org.facts["now"], org.zone)
    return f"F-{row['id']} {planted}{row['title']}: {row['watcher']}, since {since}{waits}"


def owner(org: Org) -> str:
    answered = org.facts["owner_answered_at"]
    return f"owner (you), answered {nearby(answered, org.facts['now'], org.zone)}" if answered else "owner (you)"


def watchers(org: Org) -> list[str]:
    """The chain from the machine that watches all schedules, until it comes round, and when it last beat."""
    by_role = {row["role"]: row for row in org.people}
    chain, role = [], "heartbeat"
    while role in by_role and role not in chain:
        chain.append(role)
        role = by_role[role]["watched_by"]
    round_it_goes = f"{' <- '.join(chain)}{f' <- {role} again' if role in chain else ''}"
    return [round_it_goes, _beat(org), _other_clocks(org), *_waiting(org)]


def _other_clocks(org: Org) -> str:
    """An alarm that has never rung is no proof: when each was last tried, and what came of it."""
    tested = " · ".join(f"{row['alarm']} {_tested(row, org)}" for row in org.alarms)
    return f"on other clocks: {tested or 'never tested; watchbill doctor --ring tests each alarm'}"


def _tested(row: Row, org: Org) -> str:
    result = row["result"] if row["is_ok"] else f"FAILED, {row['result']}"
    return f"tested {nearby(row['tested_at'], org.facts['now'], org.zone)}: {result}"


def _waiting(org: Org) -> list[str]:
    if not org.alerts:
        return ["alerts on their way to you: none"]
    told = "; ".join(f"{row['subject']} ({row['level']}, {_when(row, org)})" for row in org.alerts)
    return [f"alerts on their way to you: {len(org.alerts)}: {told}"]


def _when(row: Row, org: Org) -> str:
    now = org.facts["now"]
    return f"not before {nearby(row['not_before'], now, org.zone)}" if row["not_before"] > now else "with the next beat"


def _beat(org: Org) -> str:
    last = org.facts["last_beat_at"]
    if last is None:
        return "no beat yet: nobody watches"
    ago = span(org.facts["now"] - last)
    beats = counted(org.facts["beats"], "beat")
    return f"last beat {day_and_time(last, org.zone)}, {ago} ago; {beats} so far"


def three_facts(org: Org) -> str:
    """Published, deployed, and how many of them agree."""
    facts = org.facts
    agree = facts["deployed"] - len(org.differing)
    published = nearby(facts["published_at"], facts["now"], org.zone) if facts["published_at"] else "never"
    published_now = f"{figure(facts['published'])} schedules published (records of {published})"
    deployed = figure(facts["deployed"])
    return f"{published_now}, {deployed} deployed, {figure(agree)} of {deployed} agree"
