"""BROKEN, AND WHO IS ON IT: since when, who, what was checked, what customers notice, and whether you must act."""

from company.brief.depth import Depth
from company.brief.facts import Facts, Row
from company.brief.page import Entry, Section
from company.wording import clipped, day_and_time, listed, span

TITLE = "BROKEN, AND WHO IS ON IT"
SHORT_TITLE = "BROKEN"
MOST_HEALED = 4


def broken_section(facts: Facts, depth: Depth) -> Section:
    """Open ones first, then what healed; a quiet day remembers the last one."""
    muted = _muted(facts)
    if not facts.open_findings and not facts.healed:
        return Section(SHORT_TITLE, lines=(_quiet(facts), *muted))
    told, left_out = facts.open_findings[: depth.entries], facts.open_findings[depth.entries :]
    entries = tuple(_open(row, facts, depth) for row in told)
    healed = tuple(_healed(row, depth) for row in facts.healed[:MOST_HEALED])
    # A planted one is never lost among the rest: whoever sees the page must see that part of it is a demonstration.
    rest = [_named(row) for row in sorted(left_out, key=lambda row: not row["planted"])]
    more = [f"and {listed(rest, 2)}"] if rest else []
    if len(facts.healed) > MOST_HEALED:
        more.append(f"and {len(facts.healed) - MOST_HEALED} more healed: watchbill findings --all")
    remark = f"{len(facts.open_findings)} open, {len(facts.healed)} healed"
    return Section(TITLE, remark, entries=(*entries, *healed), notes=(*(clipped(m, 200) for m in more), *muted))


def _open(row: Row, facts: Facts, depth: Depth) -> Entry:
    done, effect = done_of(row, facts, depth), effect_of(row)
    told = facts.sentences.of_finding(row["id"])
    said = clipped(told.done, depth.explanation) if done and told.done else done
    details = (_who(row, facts), *([said] if said else []), f"Effect: {told.effect or effect}.".replace("..", "."))
    planted = "(planted) " if row["planted"] else ""
    return Entry(f"F-{row['id']}", f"{planted}{row['title']}{_by_now(row, facts)}", details=details)


def done_of(row: Row, facts: Facts, depth: Depth) -> str:
    """What its watcher said of it; '' where nobody has, where a question above says it, or where there is no room."""
    return "" if _is_in_question(row, facts) or not depth.explains else _answer(row, depth)


def effect_of(row: Row) -> str:
    """What customers notice, as its finder said."""
    return row["effect"] or "nobody has said yet"


def _by_now(row: Row, facts: Facts) -> str:
    """A title says how old a source was when it was found; the owner reads it later."""
    ages = [source["age"] for source in facts.stale if source["source"] == row["subject"] and source["has_edition"]]
    return f"; {span(ages[0])} by now" if ages else ""


def _answer(row: Row, depth: Depth) -> str:
    return f"{row['answered_by']}: {clipped(row['answer'], depth.explanation)}" if row["answer"] else ""


def _is_in_question(row: Row, facts: Facts) -> bool:
    """What the owner reads under FOR YOU is not said a second time."""
    asked = [d["background"] for d in facts.decisions if d["finding_id"] == row["id"]]
    return bool(row["answer"]) and any(row["answer"] in background for background in asked)


def _who(row: Row, facts: Facts) -> str:
    since = day_and_time(row["found_at"], facts.zone)
    who = f"{row['watcher']} is on it since {since}, found by {row['found_by']}"
    if row["answered_at"]:
        who += f", answered {day_and_time(row['answered_at'], facts.zone)}"
    else:
        who += ", not answered yet"
    times = f"; seen {row['times_seen']} times" if row["times_seen"] > 1 else ""
    return f"{who}{times}. {_for_owner(row)}"


def _for_owner(row: Row) -> str:
    return f"Waits for D-{row['decision_id']}." if row["decision_id"] else "Nothing for you to do."


def _healed(row: Row, depth: Depth) -> Entry:
    planted = "(planted) " if row["planted"] else ""
    return Entry(
        "healed", clipped(f"{planted}F-{row['id']} {row['title']}: {row['resolution']}", max(depth.notes, 105))
    )


def _quiet(facts: Facts) -> str:
    last = facts.last_finding
    if last is None:
        return "nothing, and nothing was before"
    return f"nothing; last was F-{last['id']}, over {span(facts.until - last['closed_at'])} ago"


def _muted(facts: Facts) -> tuple[str, ...]:
    """What the owner does not want to hear is still counted."""
    if not facts.muted_findings:
        return ()
    return (f"muted by you: {listed(list(map(_named, facts.muted_findings)))}",)


def _named(row: Row) -> str:
    return f"F-{row['id']} {'(planted) ' if row['planted'] else ''}{row['title']}"
