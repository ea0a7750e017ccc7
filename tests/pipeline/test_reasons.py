"""Two numbers with their reasons: what is exploited, what comes next, and who says so since when."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from company.brain import Brain
from company.pages.why import why
from company.pipeline.rows.scoring import record_model
from patchfirst.reasons import SENTENCES, Reason, rankings_of, reasons_of
from patchfirst.scores import SCORES
from patchfirst.vertical import VERTICAL
from tests.support.brains import TestBrain
from watchbill.cli.commands.why import story_lines

LISTED, NEIGHBOUR, BARE = "CVE-2025-90001", "CVE-2025-90003", "CVE-2025-90900"
BY_RECORD = {"CVE-2024-90001": ("active", "it is being exploited"), "CVE-2024-90002": ("poc", "an exploit is public")}
READ = "'2026-03-05', '2026-03-05', 0"
KNOWN = f"""
INSERT INTO patchfirst.kev (cve, ransomware, date_added, due_date, first_seen_at, valid_from, batch_id)
VALUES ('{LISTED}', false, '2026-03-02', '2026-03-23', {READ});
INSERT INTO patchfirst.epss (cve, epss, percentile, model_version, first_seen_at, valid_from, batch_id)
VALUES ('{LISTED}', 0.9, 0.99, 'v4', {READ}), ('{NEIGHBOUR}', 0.41, 0.973, 'v4', {READ}),
  ('{BARE}', 0.0005, 0.1, 'v4', {READ});
INSERT INTO patchfirst.cves (cve, state, published_at, updated_at, cvss_version, cvss_score, cvss_vector, cwes,
  exploitation, automatable, technical_impact, first_seen_at, valid_from, batch_id)
VALUES ('{NEIGHBOUR}', 'PUBLISHED', '2026-02-27Z', '2026-02-28Z', '3.1', 9.8,
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', ARRAY['CWE-78'], 'poc', 'yes', 'total', {READ});
INSERT INTO patchfirst.cves (cve, state, published_at, updated_at, exploitation, first_seen_at, valid_from, batch_id)
VALUES ('CVE-2024-90001', 'PUBLISHED', '2024-02-27Z', '2024-02-28Z', 'active', {READ}),
  ('CVE-2024-90002', 'PUBLISHED', '2024-02-27Z', '2024-02-28Z', 'poc', {READ});
INSERT INTO patchfirst.nuclei (cve, path, first_seen_at, valid_from, batch_id)
VALUES ('{NEIGHBOUR}', 'http/cves/x.yaml', {READ});
"""


def _past_every_rule(brain: TestBrain, statements: str) -> None:
    with brain.admin as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(statements.encode())


@pytest.fixture(scope="module")
def known(steadfast_brain: TestBrain) -> TestBrain:
    """A listed CVE, one whose number is near it and of which much is known, and one that only EPSS names."""
    steadfast_brain.set_now(datetime(2026, 3, 11, 7, tzinfo=UTC))
    _past_every_rule(steadfast_brain, KNOWN)
    record_model(steadfast_brain.as_role("score"), SCORES)
    _score(steadfast_brain)
    return steadfast_brain


def _score(brain: TestBrain) -> None:
    """Makes a new edition of what is known."""
    brain.as_role("score").one("score_all", version=SCORES.version, features=SCORES.features)


@pytest.fixture
def week_of_epss(known: TestBrain) -> Iterator[Callable[[str], None]]:
    """week_of_epss(model): EPSS said 0.12 a week ago, by that model; forgotten afterwards."""

    def remember(model: str) -> None:
        _past_every_rule(
            known,
            "INSERT INTO patchfirst.epss_history (cve, epss, model_version, first_seen_at, valid_from, valid_to,"
            "  batch_id, ended_by, ended_how)"
            f" VALUES ('{NEIGHBOUR}', 0.12, '{model}', '2026-03-01', '2026-03-01', '2026-03-05', 0, 0, 'changed')",
        )
        _score(known)

    yield remember
    _past_every_rule(known, "DELETE FROM patchfirst.epss_history")
    _score(known)


def _reasons(brain: Brain, cve: str) -> dict[str, Reason]:
    return {reason.part: reason for reason in reasons_of(brain, [cve])[cve]}


def test_every_part_of_the_score_can_be_said() -> None:
    assert list(SENTENCES) == [part.name for part in SCORES.parts]


def test_each_part_says_what_it_is_made_of_who_says_so_and_since_when(known: TestBrain) -> None:
    reasons = _reasons(known.owner, NEIGHBOUR)

    said = {part: (reason.says, reason.source, reason.as_of) for part, reason in reasons.items()}
    assert said == {
        "known_exploited": ("not on CISA's list of known exploited vulnerabilities", "kev", None),
        "ransomware": ("no ransomware campaign is known to use it", "kev", None),
        "added_lately": ("never added to the list", "kev", None),
        "due_soon": ("no due date", "kev", None),
        "epss_place": ("EPSS 0.41, above 97.3 % of CVEs", "epss", None),
        "recency": ("published 12 days ago", "cves", date(2026, 2, 27)),
        "neighbours": (
            "1 CVE near its number listed in three years, last CVE-2025-90001 on 2 March 2026",
            "kev",
            date(2026, 3, 2),
        ),
        "exploit_at_hand": ("nuclei template since 5 March 2026", "nuclei", date(2026, 3, 5)),
        "open_to_all": ("needs no account and no victim's help, over the network", "cves", date(2026, 2, 28)),
        "weakness": ("CWE-78: lets in commands", "cves", date(2026, 2, 28)),
        "automatable": ("an attack can be automated, says CISA", "cves", date(2026, 2, 28)),
        "technical_impact": ("an attack takes over the whole of it, says CISA", "cves", date(2026, 2, 28)),
    }


def test_what_nobody_knows_is_said_and_is_no_zero(known: TestBrain) -> None:
    reasons = _reasons(known.owner, BARE)

    unknown = {part: reason.says for part, reason in reasons.items() if not reason.is_known}
    assert unknown == {
        "open_to_all": "no source says how it is attacked (CVSS vector)",
        "weakness": "no source names its weakness (CWE)",
        "automatable": "CISA has not said whether an attack can be automated",
        "technical_impact": "CISA has not said how much an attack takes over",
    }
    assert reasons["open_to_all"].points > 0
    assert reasons["exploit_at_hand"].says == "no exploit in nuclei", "the other lists were not read"
    assert reasons["recency"].says.startswith("no source dates it; by its number about")
    assert reasons["epss_place"].says == "EPSS 0.0005, above 10.0 % of CVEs"


@pytest.mark.parametrize("cve", BY_RECORD)
def test_what_a_record_says_of_its_exploitation_is_said_as_it_says_it(known: TestBrain, cve: str) -> None:
    reason = _reasons(known.owner, cve)["exploit_at_hand"]

    assert (reason.says, reason.source) == (f"its CVE record says that {BY_RECORD[cve][1]}", "cves")


def test_the_points_add_up_to_the_two_numbers(known: TestBrain) -> None:
    numbers = rankings_of(known.owner, [LISTED, NEIGHBOUR, BARE])

    for cve, reasons in reasons_of(known.owner, list(numbers)).items():
        sums = {q: sum(r.points for r in reasons if r.question == q) for q in ("now", "next")}
        assert sums["next"] == pytest.approx(float(numbers[cve].next or 0), abs=0.08)
        assert sums["now"] == pytest.approx(float(numbers[cve].fix_now or 0), abs=0.08)


def test_only_what_is_listed_has_the_number_of_what_to_fix_now(known: TestBrain) -> None:
    numbers = rankings_of(known.owner, [LISTED, NEIGHBOUR])

    listed, other = numbers[LISTED], numbers[NEIGHBOUR]
    # 38 and 29.6 * (1 - 9/90) and 3 * (1 - 12/28) of the 75.5 points of its question
    assert listed.fix_now == Decimal("87.9")
    assert (listed.is_listed, other.is_listed, other.fix_now) == (True, False, None)
    assert other.next is not None and other.next > 0


def test_a_fresh_entry_has_the_day_of_its_listing_and_its_due_date(known: TestBrain) -> None:
    reasons = _reasons(known.owner, LISTED)

    assert reasons["known_exploited"].says.endswith("vulnerabilities since 2 March 2026")
    assert reasons["added_lately"].says == "added to the list 9 days ago"
    assert reasons["due_soon"].says == "due 23 March 2026, in 12 days"
    assert reasons["epss_place"].question == "next" and reasons["due_soon"].question == "now"


@pytest.mark.parametrize(("model", "said"), [("v4", "EPSS 0.41, up from 0.12 in 7 days"), ("v3", "EPSS 0.41")])
def test_epss_is_compared_with_a_week_ago_only_within_one_model(
    known: TestBrain, week_of_epss: Callable[[str], None], model: str, said: str
) -> None:
    week_of_epss(model)

    assert _reasons(known.owner, NEIGHBOUR)["epss_place"].says == f"{said}, above 97.3 % of CVEs"


def test_cisas_decisions_are_among_the_evidence(known: TestBrain) -> None:
    (row,) = known.sql(
        "owner",
        f"SELECT exploitation, automatable, technical_impact, epss_place FROM patchfirst.evidence"
        f" WHERE cve = '{NEIGHBOUR}'",
    )

    assert row == {"exploitation": "poc", "automatable": "yes", "technical_impact": "total", "epss_place": 2}


def test_a_cve_without_a_score_has_no_reasons(known: TestBrain) -> None:
    assert reasons_of(known.owner, ["CVE-2025-1234"]) == {}


def test_why_shows_both_numbers_as_sums_and_what_would_change_them(known: TestBrain) -> None:
    now, following = why(known.owner, LISTED, vertical=VERTICAL).numbers

    assert now.number == pytest.approx(sum(part.points for part in now.parts), abs=0.08)
    assert sum(part.most for part in now.parts) == pytest.approx(100, abs=0.05)
    assert now.changes[0] == "up to +6.5: ransomware campaigns are seen to use it"
    assert "-35.3 until 31 May 2026: its entry is 90 days old then" in now.changes
    assert following.title == "next to be exploited" and following.number is not None


def test_why_says_of_an_unlisted_cve_that_it_has_no_first_number(known: TestBrain) -> None:
    now, following = why(known.owner, NEIGHBOUR, vertical=VERTICAL).numbers

    assert (now.number, now.says, list(now.parts)) == (None, "none: not on CISA's list", [])
    assert [part.says for part in following.parts][:1] == ["EPSS 0.41, above 97.3 % of CVEs"]


def test_why_fits_eighty_columns_and_names_source_date_and_age(known: TestBrain) -> None:
    lines = story_lines(why(known.owner, NEIGHBOUR, vertical=VERTICAL), known.now(), 80)

    assert max(map(len, lines)) <= 80
    text = " ".join(" ".join(lines).split())
    assert "fix now: - (none: not on CISA's list)" in text
    assert "published 12 days ago (CVE List 2026-02-27, 12 days old)" in text
    assert "would change up to" in text
