"""The head of the page: title and span, the verdict, and the mail's subject."""

from collections import Counter
from collections.abc import Mapping

from company.brief.facts import BriefFacts, minutes
from company.brief.finding_rows import BriefFinding
from company.pages.banner import desk_banner
from company.text.wording import (
    counted,
    join_first,
    join_with_and,
    number_in_words,
    short_date,
    time_near,
    zone_name,
)

KINDS = {
    "stale_source": ("feed is stale", "feeds are stale"),
    "stuck_source": ("feed is stuck", "feeds are stuck"),
    "address_moved": ("address has moved", "addresses have moved"),
    "malformed_source": ("feed cannot be read", "feeds cannot be read"),
    "missing_release": ("whole list has not come", "whole lists have not come"),
    "missing_rows": ("list lacks rows", "lists lack rows"),
    "new_word": ("source has a new word", "sources have new words"),
    "false_stamp": ("feed has a stamp that cannot be", "feeds have stamps that cannot be"),
    "older_edition": ("feed went back to an earlier edition", "feeds went back to earlier editions"),
    "row_put_aside": ("row is put aside", "rows are put aside"),
    "held_batch": ("batch is held", "batches are held"),
    "audit_differs": ("audit found a difference", "audits found differences"),
    "stale_beat": ("heartbeat is silent", "heartbeats are silent"),
    "muted": ("schedule was muted", "schedules were muted"),
    "missed": ("schedule did not fire", "schedules did not fire"),
    "failed": ("schedule failed", "schedules failed"),
    "differs": ("schedule differs from its record", "schedules differ from their records"),
    "set_aside": ("role says too much", "roles say too much"),
    "model_endpoint": ("model endpoint is down", "model endpoints are down"),
    "orphan": ("responsibility has nobody", "responsibilities have nobody"),
}
ONE_OF_A_SUBJECT = "stale_beat"
OTHER = ("other thing is open", "other things are open")
SHORT = {
    "stale_source": "{} stale",
    "stuck_source": "{} stuck",
    "model_endpoint": "{} model down",
    "muted": "{} muted",
    "missed": "{} did not fire",
    "failed": "{} failing",
}
MOST_IN_SUBJECT = 3


def banner_of_brief(facts: BriefFacts) -> str:
    """Of a desk's brief; a live company has no banner."""
    if not facts.is_simulated:
        return ""
    used_model = facts.origin.is_model_working or facts.fires.with_the_model
    return f"{desk_banner(facts.origin.desk)}, {'with the model' if used_model else 'no model'}"


def title(facts: BriefFacts) -> str:
    local = facts.until.astimezone(facts.zone)
    when = f"{local:%a} {local.day} {local:%B %Y, %H:%M} {zone_name(facts.until, facts.zone)}"
    return f"{facts.origin.title.upper()}  Morning brief  {when}"


def covers(facts: BriefFacts) -> str:
    return f"covers {facts.when(facts.since)} to {facts.when(facts.until)}"


def verdict(facts: BriefFacts) -> str:
    """The book's verdict: is all at work, customers, what is broken, how many decisions, how many minutes."""
    sentences = (
        _stopped(facts),
        _by_the_book(facts),
        _customers(facts),
        _stuck(facts),
        _broken(facts),
        _for_you(facts),
    )
    return " ".join(sentence for sentence in sentences if sentence)


def subject(facts: BriefFacts) -> str:
    """What a phone shows: decisions and their hour first, then what is wrong, then the customers."""
    parts = [_decisions_by(facts)] if facts.decisions else []
    parts += [f"{counted(len(facts.matters), 'matter')} for you"] if facts.matters else []
    parts += _wrong_in_short(facts)
    parts.append(
        f"customers {len(facts.served)}/{len(facts.to_serve)} served" if facts.to_serve else "no customers yet"
    )
    mark = "[simulated] " if facts.is_simulated else ""
    return f"{mark}{facts.origin.title} {short_date(facts.until, facts.zone)}: {' · '.join(parts)}"


def _stopped(facts: BriefFacts) -> str:
    return "You stopped the company: only watching goes on." if facts.frame.company_is == "stopped" else ""


def _by_the_book(facts: BriefFacts) -> str:
    down = [row.found_at for row in facts.open_findings if row.kind == "model_endpoint"]
    if not down:
        return ""
    since = facts.when(min(down))
    return f"The model's endpoint has not answered since {since}: the company works by the book."


def _customers(facts: BriefFacts) -> str:
    due, served = facts.to_serve, facts.served
    if not due:
        return "No customers yet."
    if len(served) == len(due):
        return f"All {number_in_words(len(due))} customers served." if len(due) > 1 else "The one customer was served."
    if not served and not any(row.deliveries for row in due):
        return "Nothing was delivered to customers yet."
    return f"{len(served)} of {counted(len(due), 'customer')} served."


def _stuck(facts: BriefFacts) -> str:
    """Customers were served, and this is what they were not served with."""
    if not facts.stuck:
        return ""
    since = facts.when(min(row.since for row in facts.stuck))
    names = join_first([row.source for row in facts.stuck], MOST_IN_SUBJECT)
    if len(facts.stuck) > 1:
        many = number_in_words(len(facts.stuck)).capitalize()
        return f"{many} feeds are stuck, the first since {since}: {names}. Customers miss what they bring."
    edition = facts.stuck[0].edition_in_force
    read = f"its edition of {facts.when(edition)}" if edition else "nothing of it"
    return f"{names} is stuck since {since}: customers read {read}."


def _broken(facts: BriefFacts) -> str:
    if not facts.open_findings and facts.troubles:
        return f"No finding is open; DATA says what is wrong with {_troubled(facts)}."
    if not facts.open_findings:
        return "Nothing is broken."
    beside = {forms: n for forms, n in things(facts).items() if not facts.stuck or forms != KINDS["stuck_source"]}
    text = ", ".join(f"{number_in_words(n)} {forms[n > 1]}" for forms, n in beside.items())
    return f"{text[0].upper()}{text[1:]}." if text else ""


def things(facts: BriefFacts) -> Mapping[tuple[str, str], int]:
    """How many things of each kind are wrong. Two findings about one silent heartbeat are one thing."""
    found: Counter[tuple[str, str]] = Counter()
    silent = {row.subject for row in facts.open_findings if row.kind == ONE_OF_A_SUBJECT}
    for row in facts.open_findings:
        found[KINDS.get(row.kind, OTHER)] += _number(row)
    if silent:
        found[KINDS[ONE_OF_A_SUBJECT]] = len(silent)
    return found


def _number(row: BriefFinding) -> int:
    """A finding about many rows says which they are."""
    entities = row.evidence.get("entities")
    return len(entities) if row.kind == "row_put_aside" and isinstance(entities, list) else 1


def name_of(forms: tuple[str, str]) -> str:
    """How a verdict names such a thing, one and many: feed|feeds."""
    length = 2 if forms == OTHER else 1
    return "|".join(" ".join(form.split()[:length]) for form in forms)


def _for_you(facts: BriefFacts) -> str:
    count, matters = len(facts.questions), _matters(facts)
    beside = [*(["something to look at"] if facts.stuck else []), *matters]
    if not count and beside:
        return f"No decision for you, but {join_with_and(beside)}."
    if not count:
        return "Nothing for you to decide."
    time = counted(minutes(facts.questions), "minute")
    more = f"; {facts.more_questions} more can wait" if facts.more_questions else ""
    more += f"; and {matters[0]}" if matters else ""
    return f"{number_in_words(count).capitalize()} {'decision' if count == 1 else 'decisions'} for you: {time}{more}."


def _matters(facts: BriefFacts) -> list[str]:
    number = len(facts.matters)
    return [f"{number_in_words(number)} {'matter' if number == 1 else 'matters'} to see to"] if number else []


def _decisions_by(facts: BriefFacts) -> str:
    first = min(row.answer_by for row in facts.questions)
    return f"{counted(len(facts.questions), 'decision')} by {time_near(first, facts.zone, facts.until)}"


def _wrong_in_short(facts: BriefFacts) -> list[str]:
    reported = {row.subject for row in facts.open_findings if row.kind == "stuck_source"}
    wrong = [f"{row.source} stuck" for row in facts.stuck if row.source not in reported]
    if not facts.open_findings and not wrong:
        calm = [] if facts.matters else ["all well"]
        return [f"see {_troubled(facts)}"] if facts.troubles else calm
    wrong += [SHORT.get(row.kind, "{} open").format(row.subject) for row in facts.open_findings]
    more = len(wrong) - MOST_IN_SUBJECT
    return wrong[:MOST_IN_SUBJECT] + ([f"{more} more open"] if more > 0 else [])


def _troubled(facts: BriefFacts) -> str:
    return join_first([row.source for row in facts.troubles], MOST_IN_SUBJECT)
