"""A changed statement that links: what it would write, read in the trial's login over what is in force now.

What writes stays word for word: the table, its columns, what happens to a row that is there. Only which rows they are
may differ: those of the entities that its task names, and few beside them, which the owner is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from build_auditor.statement_facts import StatementFacts
from build_auditor.statement_rules import NoStatement, Token, broken_by_text, known_by_heart, tokens_of
from build_auditor.trial_login import StatementFailed, TrialLogin, trial_login
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.sandbox.changes import ChangeInFull
from company.text.wording import counted, join_with_and

FEW = 20
MOST_SHARE = 0.01
"""Of the rows that a statement gives: so many of other entities than the task's may differ."""
NAMED = 5
WRITES = frozenset({"insert", "delete", "update"})
DIFFERENCE = """WITH was AS MATERIALIZED (SELECT to_jsonb(one) AS linked FROM (
{before}
) AS one{columns}), becomes AS MATERIALIZED (SELECT to_jsonb(one) AS linked FROM (
{after}
) AS one{columns})
SELECT 'gone' AS fate, linked FROM (SELECT linked FROM was EXCEPT SELECT linked FROM becomes) AS gone
UNION ALL SELECT 'new', linked FROM (SELECT linked FROM becomes EXCEPT SELECT linked FROM was) AS new
UNION ALL SELECT 'given', to_jsonb(count(*)) FROM was"""
"""One question for both, so that the time is the same in them."""


@dataclass(frozen=True)
class LinkedRow:
    """A row that only one of both statements gives. fate: gone or new; entity: what it is about."""

    fate: str
    entity: str
    linked: JsonObject

    @property
    def said(self) -> str:
        rest = " ".join(str(value) for name, value in self.linked.items() if name != "entity" and value is not None)
        return f"{self.fate}: {self.entity} {rest}"[:100]


@dataclass(frozen=True)
class Writing:
    """A statement in three pieces: what it reads, as a question; and the words that write, before and behind it.

    columns: the names of what is inserted, in brackets; empty where the question has the table's own.
    """

    question: str
    columns: str
    head: Sequence[tuple[str, str]]
    tail: Sequence[tuple[str, str]]
    tokens: Sequence[Token]


def try_link(
    fire: Fire, change: ChangeInFull, name: str, before: str, after: str
) -> tuple[StatementFacts, JsonObject, JsonObject]:
    """The facts, and what its test reads: the rows that are gone, as they were, and those that are new."""
    facts = StatementFacts(of="link", applies=1)
    try:
        was, becomes = writing_of(before), writing_of(after)
    except NoStatement as error:
        return replace(facts, broken=[f"{name}: {error}"]), {}, {}
    broken = [] if (was.head, was.tail) == (becomes.head, becomes.tail) else ["it writes otherwise"]
    broken += broken_by_text(becomes.tokens, was.tokens)
    if broken:
        return replace(facts, broken=[f"{name}: {one}" for one in broken]), {}, {}
    task = (fire.brain.one("task_of_change", task_id=change.task_id) or {"payload": {}})["payload"]
    if not task.get("entities"):
        return replace(facts, error="its task names no entities, so nothing says what is to differ"), {}, {}
    try:
        with trial_login(fire) as login:
            rows, given, milliseconds = _difference(login, was, becomes)
            took = login.ask(was.question, "count(*) AS given", {})[1]
    except StatementFailed as error:
        return replace(facts, error=str(error)), {}, {}
    keys = {text for row in rows for text in row.linked.values() if isinstance(text, str)}
    facts = replace(facts, broken=[f"{name}: {one}" for one in known_by_heart(becomes.tokens, was.tokens, keys)])
    facts = replace(facts, is_tried=True, milliseconds_before=took, milliseconds=max(0.0, milliseconds - took))
    gone, new = ([row.linked for row in rows if row.fate == fate] for fate in ("gone", "new"))
    return _compare(facts, rows, given, set(task["entities"])), {"rows": gone}, {"rows": new}


def writing_of(statement: str) -> Writing:
    """NoStatement for what does not write rows of a question in one of the three ways."""
    tokens = tokens_of(statement)
    writes = [n for n, one in enumerate(tokens) if one.depth == 0 and one.word in WRITES and one.kind == "word"]
    begins = [n for n in writes if n == 0 or tokens[n - 1].word not in ("do", "for")]
    if len(begins) != 1:
        raise NoStatement("it does not write in one way")
    at = begins[0]
    return _inserting(statement, tokens, at) if tokens[at].word == "insert" else _at_rows(statement, tokens, at)


def _inserting(statement: str, tokens: Sequence[Token], at: int) -> Writing:
    """[WITH ...] INSERT INTO table [AS name] (columns) SELECT ... [ON CONFLICT ...]."""
    first = next(
        (n for n in range(at, len(tokens)) if tokens[n].depth == 0 and tokens[n].word in ("select", "with")), 0
    )
    conflicts = [n for n in range(at, len(tokens) - 1) if [t.word for t in tokens[n : n + 2]] == ["on", "conflict"]]
    end = next((n for n in conflicts if tokens[n].depth == 0), len(tokens))
    if not at < first < end or (at and tokens[0].word != "with"):
        raise NoStatement("it does not insert what one question gives")
    stop = tokens[end].at if end < len(tokens) else len(statement)
    question = f"{statement[: tokens[at].at]}{statement[tokens[first].at : stop]}"
    head, tail = [one.same for one in tokens[at:first]], [one.same for one in tokens[end:]]
    columns = _columns(statement, tokens[at:first])
    return Writing(question, columns, head, tail, [*tokens[:at], *tokens[first:end]])


def _columns(statement: str, head: Sequence[Token]) -> str:
    """' (kind, entity, target)'; NoStatement for a table that is written without them."""
    if [one.text for one in head if one.depth == 0][-2:] != ["(", ")"] or any(one.depth > 1 for one in head):
        raise NoStatement("it does not name the columns that it writes")
    first = next(one.at for one in head if one.text == "(")
    return f" {statement[first : head[-1].at + 1]}"


def _at_rows(statement: str, tokens: Sequence[Token], at: int) -> Writing:
    """DELETE FROM table name WHERE ..., or UPDATE table name SET ... WHERE ...: the rows of which it is so."""
    words = [one.word for one in tokens]
    where = next((n for n, one in enumerate(tokens) if one.depth == 0 and one.word == "where"), 0)
    first = at + (2 if words[at] == "delete" else 1)
    name = first + 3  # schema . table name
    if at or where <= name or [one.text for one in tokens[first + 1 : first + 2]] != ["."] or not words[name]:
        raise NoStatement("it does not name one table with a short name, and its rows")
    if any(one.depth == 0 and one.word in ("using", "from", "returning") for one in tokens[name:]):
        raise NoStatement("it reads beside its rows, or gives them back")
    table, short = "".join(one.text for one in tokens[first:name]), tokens[name].text
    question = f"SELECT {short}.* FROM {table} {short} {statement[tokens[where].at :]}"
    return Writing(question, "", [one.same for one in tokens[:where]], [], tokens[where:])


def _difference(login: TrialLogin, was: Writing, becomes: Writing) -> tuple[list[LinkedRow], int, float]:
    """The rows that only one gives, how many the first gives, and how long both take together."""
    text = DIFFERENCE.format(before=was.question, after=becomes.question, columns=was.columns)
    found, milliseconds = login.ask(text, "fate, linked", {})
    given = next(int(row["linked"]) for row in found if row["fate"] == "given")
    rows = [row for row in found if row["fate"] != "given"]
    return [LinkedRow(r["fate"], str(r["linked"].get("entity")), r["linked"]) for r in rows], given, milliseconds


def _compare(facts: StatementFacts, rows: Sequence[LinkedRow], given: int, entities: set[str]) -> StatementFacts:
    named = [row for row in rows if row.entity in entities]
    beside = [row for row in rows if row.entity not in entities]
    most = max(FEW, int(MOST_SHARE * given))
    others = counted(len(beside), "row of another entity differs", "rows of other entities differ")
    too_many = f"{others}, of at most {most:,}: {_say(beside)}"
    shows = [
        f"{counted(len(named), 'row that the task names differs', 'rows that the task names differ')}: {_say(named)}"
    ]
    shows += [f"{counted(len(beside), 'row')} beside them: {_say(beside)}"] if beside else []
    return replace(
        facts,
        rows=len(named),
        rows_before=given,
        beyond=too_many if len(beside) > most else "",
        shows=shows,
    )


def _say(rows: Sequence[LinkedRow]) -> str:
    samples = [row.said for row in rows[:NAMED]] + ([f"{len(rows) - NAMED:,} more"] if len(rows) > NAMED else [])
    return join_with_and(samples, "none")
