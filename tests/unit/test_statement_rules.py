"""The text of a changed statement: a check stays whole; nothing in it acts, waits for a day or has rows by heart."""

import pytest

from build_auditor.statement_rules import NoStatement, added_to, broken_by_text, known_by_heart, tokens_of

CHECK = "SELECT row_no, 'x' AS reason FROM s WHERE batch_id = %(batch)s AND (a < 0 OR b > 9)"
MORE = "SELECT row_no, 'y' FROM s WHERE batch_id = %(batch)s AND c = 1"


def test_rows_are_added_behind_the_whole() -> None:
    added = added_to(CHECK, f"{CHECK}\n-- and these\nUNION ALL\n{MORE}")

    assert [one.text for one in added[:3]] == ["UNION", "ALL", "SELECT"]
    assert broken_by_text(added, tokens_of(CHECK)) == []


@pytest.mark.parametrize(
    "after",
    [
        CHECK,
        f"{CHECK} AND false",
        f"{CHECK} -- \nUNION {MORE}".replace("a < 0", "a < -1"),
        f"{CHECK} -- UNION {MORE}",
        f"{CHECK} INTERSECT {MORE}",
        f"{CHECK} EXCEPT {MORE}",
        f"{CHECK} UNION {MORE} EXCEPT {MORE}",
        f"{CHECK} UNION {MORE} INTERSECT {MORE}",
        f"{CHECK} UNION {MORE} ORDER BY 1",
        f"{CHECK} UNION {MORE} LIMIT 0",
        f"{CHECK} UNION {MORE} OFFSET 5",
        f"{CHECK} UNION {MORE} FETCH FIRST ROW ONLY",
        f"SELECT * FROM ({CHECK}) AS t WHERE false UNION {MORE}",
        f"{CHECK}) AS t WHERE false; SELECT (1",
        f"{CHECK} UNION {MORE}) AS given; DELETE FROM kev; --",
        f"{CHECK} UNION {MORE} AND '",
        f"{CHECK} UNION {MORE} AND E'\\'' = ''",
        f"{CHECK} UNION {MORE} AND U&'\\0027' = ''",
        f'{CHECK} UNION {MORE} AND U&"\\0070g_sleep"(1) IS NULL',
        f"{CHECK} UNION {MORE} AND $$a$$ = ''",
        f"{CHECK} UNION {MORE} /* a */",
        f"{CHECK} UNION {MORE} AND ℯ = 1",
        f"{CHECK} UNION {MORE} AND a %% 2 = 1 %",
        "",
    ],
)
def test_a_text_that_is_less_or_cannot_be_read_for_certain_is_refused(after: str) -> None:
    with pytest.raises(NoStatement):
        added_to(CHECK, after)


def test_a_statement_that_has_an_end_of_its_own_is_not_added_to() -> None:
    with pytest.raises(NoStatement, match="LIMIT"):
        added_to(f"{CHECK} LIMIT 5", f"{CHECK} LIMIT 5 UNION {MORE}")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a < %(most_rows)s", "asks for %(most_rows)s, which nobody gives it"),
        ("pg_sleep(1)", "calls pg_sleep"),
        ('"pg_sleep" (1)', "calls pg_sleep"),
        ("pg_catalog.pg_sleep\n(1)", "calls pg_catalog.pg_sleep"),
        ('"pg_catalog"."pg_sleep"(1)', "calls pg_catalog.pg_sleep"),
        ("company.now()", "calls company.now"),
        ("set_config('role', 'x', true)", "calls set_config"),
        ("dblink('', '')", "calls dblink"),
        ("nextval('s')", "calls nextval"),
        ("random() < 0.5", "calls random"),
        ("due < CURRENT_DATE", "asks for current_date"),
        ("due < ' Now'::timestamptz", "asks for now"),
        ("who = session_user", "asks for session_user"),
        ("a IN (SELECT 1 FROM t FOR UPDATE)", "acts: FOR"),
        ("EXISTS (WITH RECURSIVE r AS (SELECT 1) SELECT 1)", "acts: RECURSIVE"),
        ("EXISTS (WITH g AS (DELETE FROM t RETURNING 1) SELECT 1)", "acts: DELETE"),
        (f"a IN ({', '.join(map(str, range(13)))})", "a list of more than 12"),
    ],
)
def test_what_acts_waits_for_a_day_or_lists_rows_is_named(text: str, named: str) -> None:
    added = added_to(CHECK, f"{CHECK} UNION {MORE} AND {text}")

    assert named in "; ".join(broken_by_text(added, tokens_of(CHECK)))


def test_what_a_statement_calls_already_it_may_call_again() -> None:
    before = f"{CHECK} AND x.known(a)"

    assert broken_by_text(added_to(before, f"{before} UNION {MORE} AND x.known(c)"), tokens_of(before)) == []


def test_new_names_and_sizes_of_types_call_nothing() -> None:
    text = "EXISTS (SELECT FROM unnest(a) AS one (n) WHERE n = CAST(c AS numeric(4, 1)) AND n = c::numeric(4, 1))"

    assert broken_by_text(tokens_of(text)) == []


def test_a_key_or_a_part_of_one_is_a_row_by_heart() -> None:
    added = tokens_of("a = 'A-2025-17' OR b LIKE 'A-20%%' OR c = 2025 OR d = 'x'")

    assert known_by_heart(added, [], {"A-2025-17"}) == [
        "it has 2025 by heart", "it has A-20 by heart", "it has A-2025-17 by heart"
    ]  # fmt: skip
    assert known_by_heart(added, added, {"A-2025-17"}) == []
