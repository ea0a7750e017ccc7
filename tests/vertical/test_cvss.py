"""Which of many CVSS scores is the one, and by whom."""

from typing import Any

import pytest

from company.vertical import Details
from patchfirst.cvss import Cvss, best_cvss, read_cvss
from patchfirst.sources.cves import CISA, read_record
from patchfirst.sources.nvd import parse as parse_nvd
from tests.pipeline.test_changes import record
from tests.vertical.test_nvd import entry_of

COLUMNS = slice(10, 14)


def _metric(score: object, version: str = "3.1", **more: object) -> dict[str, Any]:
    data = {"version": version, "baseScore": score, "vectorString": f"CVSS:{version}/AV:N" if version > "3" else "AV:N"}
    return {f"cvssV{version.replace('.', '_')}": {**data, **more}}


def _read(cna: list[Any], *adps: dict[str, Any]) -> tuple[object, ...]:
    """Version, score, vector and scorer of the one that is taken."""
    one = record(1, "2026-03-11T05:00:00Z", metrics=cna)
    one["cveMetadata"]["assignerShortName"] = "brightmoor"
    one["containers"]["adp"] = list(adps)
    return read_record(one, Details())[COLUMNS]


def _cisa(*metrics: Any, **provider: object) -> dict[str, Any]:
    return {"providerMetadata": {"orgId": CISA, "shortName": "CISA-ADP", **provider}, "metrics": list(metrics)}


def test_of_two_scores_of_one_version_the_worst_counts_whatever_their_order() -> None:
    inside = {**_metric(5.2, "4.0"), "scenarios": [{"lang": "en", "value": "only from inside"}]}
    general = {**_metric(8.7, "4.0"), "scenarios": [{"lang": "en", "value": "GENERAL"}]}

    assert _read([inside, general])[1] == _read([general, inside])[1] == 8.7


def test_a_newer_version_comes_before_an_older_one_and_then_the_assigners_word() -> None:
    assert _read([_metric(7.5), _metric(6.1, "4.0")])[:2] == ("4.0", 6.1)
    assert _read([_metric(7.5)], _cisa(_metric(9.1)))[1::2] == (7.5, "brightmoor")
    assert _read([_metric(9.9, "2.0")], _cisa(_metric(6.1)))[1::2] == (6.1, "CISA")


@pytest.mark.parametrize("written", ["Amber", "AMBER", "amber", "Clear", "X"])
def test_the_urgency_of_a_vector_is_written_as_the_standard_has_it(written: str) -> None:
    vector = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/U:{}/R:U/RE:L"

    read = _read([_metric(9.3, "4.0", vectorString=vector.format(written))])[2]

    assert read == vector.format(written.capitalize())


def test_zero_is_no_score_where_another_stands() -> None:
    assert _read([_metric(0, "4.0")], _cisa(_metric(7.2, "2.0")))[1::2] == (7.2, "CISA")
    assert _read([_metric(0, "4.0")])[1::2] == (0.0, "brightmoor")


def test_only_cisas_container_is_labelled_as_cisas() -> None:
    other = _cisa(_metric(7.2), orgId="another", shortName="CISA-ADP")
    programme = {"providerMetadata": {"shortName": "CVE"}, "metrics": [_metric(7.2)]}

    assert [_read([], adp)[3] for adp in (_cisa(_metric(7.2)), _cisa(_metric(7.2), shortName="x"))] == ["CISA", "CISA"]
    assert [_read([], adp)[3] for adp in (other, programme, {"metrics": [_metric(7)]})] == [
        "an addition without a name",
        "CVE",
        "an addition without a name",
    ]


@pytest.mark.parametrize("score", ["8.7", " 8.7 ", 8.7])
def test_a_score_may_be_written_as_text(score: object) -> None:
    assert _read([_metric(score)])[1] == 8.7


@pytest.mark.parametrize("score", [11, -1, "high", float("nan"), float("inf"), True, [7], {"a": 1}, "1e400", 10**400])
def test_a_score_that_cannot_be_costs_itself_and_is_counted(score: object) -> None:
    details = Details()

    assert read_cvss(details, {"baseScore": score, "version": "3.1"}, "3.1", "x", 0) is None
    assert list(details.unread) == ["cvss_score"]


def test_a_version_that_does_not_fit_its_key_is_the_vectors_and_counted() -> None:
    details = Details()
    data = {"version": "3.1", "baseScore": 7, "vectorString": "CVSS:3.0/AV:N"}

    read = read_cvss(details, data, "3.1", "x", 0)

    assert read and (read.version, read.score) == ("3.0", 7.0)
    assert list(details.unread) == ["cvss_version"]


def test_a_version_that_nobody_knows_is_kept_and_reported_once() -> None:
    details = Details()

    read = read_cvss(details, {"version": "5.0", "baseScore": 7, "vectorString": "CVSS:5.0/X"}, "5.0", "x", 0)

    assert read and read.version == "5.0"
    assert {field: list(words) for field, words in details.new_words.items()} == {"cvss_version": ["5.0"]}


@pytest.mark.parametrize(
    "metrics", ["a word", ["a word", 7, None], {"cvssV3_1": "x"}, [{"cvssV3_1": [1]}], [[_metric(7)]]]
)
def test_metrics_of_another_type_cost_only_themselves(metrics: Any) -> None:
    assert _read(metrics, _cisa("a word", _metric(6.1)))[1::2] == (6.1, "CISA")


def test_nvds_own_word_comes_before_that_of_another_whom_it_calls_primary() -> None:
    metrics = [
        {"type": "Primary", "source": "security@brightmoor.invalid", "cvssData": _metric(9.9)["cvssV3_1"]},
        {"type": "Secondary", "source": CISA, "cvssData": _metric(9.8)["cvssV3_1"]},
    ]
    own = {"type": "Secondary", "source": "nvd@nist.gov", "cvssData": _metric(5.5)["cvssV3_1"]}

    with_own = parse_nvd(entry_of(metrics={"cvssMetricV31": [*metrics, own]})).rows[0]
    without = parse_nvd(entry_of(metrics={"cvssMetricV31": metrics})).rows[0]
    cisas = parse_nvd(entry_of(metrics={"cvssMetricV31": metrics[1:]})).rows[0]

    assert [(row[7], row[9]) for row in (with_own, without, cisas)] == [
        (5.5, "NVD"),
        (9.9, "security@brightmoor.invalid"),
        (9.8, "CISA"),
    ]


def test_nothing_is_taken_of_nothing() -> None:
    assert best_cvss([]) is None
    assert best_cvss([Cvss("", 7.0, "", "x"), Cvss("2.0", 3.0, "", "x")]) == Cvss("2.0", 3.0, "", "x")


def test_a_vector_without_its_score_is_counted_and_one_in_small_letters_is_read_in_capitals() -> None:
    details = Details()
    vector = "cvss:3.1/av:n/ac:l/pr:n/ui:n/s:u/c:h/i:h/a:h"

    assert read_cvss(details, {"vectorString": vector}, "3.1", "x", 0) is None
    assert details.unread["cvss_score"].count == 1
    read = read_cvss(details, {"vectorString": vector, "baseScore": 9.8}, "3.1", "x", 0)
    assert read is not None
    assert read.vector == vector.upper()
