"""Each situation's right value, seen in the brain and in what customers read."""

from typing import Protocol
from xml.etree import ElementTree

import pytest

from company.errors import Refused
from tests.functions.office import Office
from tests.outside.pipeline_days import PipelineDay

BANK, FEED = "Alder Bank", "Northferry Logistics"


class Day(Protocol):
    """Runs the pipeline on one case for some days."""

    def __call__(self, case: str, days: int = 1) -> PipelineDay: ...


def unhurt(day: PipelineDay) -> PipelineDay:
    assert day.failed == []
    return day


def test_a_doubled_prefix_costs_no_module(day_on: Day) -> None:
    day = unhurt(day_on("01-metasploit-doubled-prefix"))

    assert "90004" in day.exploits("metasploit")


def test_an_invisible_sign_in_an_id_is_no_part_of_it(day_on: Day) -> None:
    day = unhurt(day_on("03-zero-width-in-id"))

    assert "90070" in day.canonical("kev")
    assert ("90070", "known_exploited") in day.changes_told(BANK)
    assert "90071" in day.exploits("exploitdb")
    assert "90072" in day.canonical("nuclei")
    assert "90073" in day.exploits("metasploit")


def test_the_worst_of_two_scores_of_one_version_counts(day_on: Day) -> None:
    day = unhurt(day_on("05-two-scores-of-one-version"))

    assert pytest.approx(8.7) in [row["cvss_score"] for row in day.canonical("cves").values()]
    assert pytest.approx(5.2) not in [row["cvss_score"] for row in day.canonical("cves").values()]


def test_ssvc_is_read_in_every_shape(day_on: Day) -> None:
    cves = unhurt(day_on("07-ssvc-2")).canonical("cves")

    assert {cve: cves[cve]["exploitation"] for cve in ("90001", "90002", "90003")} == {
        "90001": "active",
        "90002": "active",
        "90003": "active",
    }


def test_names_come_from_whoever_gives_them(day_on: Day) -> None:
    cves = unhurt(day_on("08-vendor-only-in-adp")).canonical("cves")

    assert [(cves[cve]["vendor"], cves[cve]["product"]) for cve in ("90001", "90002")] == [
        ("Harbourgate", "Edge Firewall"),
        ("Harbourgate", "Edge Firewall"),
    ]


def test_a_retraction_reaches_whoever_read_of_the_entry(day_on: Day) -> None:
    day = unhurt(day_on("10-kev-retraction"))

    left = [item for item in day.told(BANK) if item["what"] == "left_the_list"]
    assert [item["cve"] for item in left] == ["CVE-2025-90005"]
    assert (left[0]["vendor"], left[0]["product"]) != (None, None)
    assert f"{left[0]['vendor']} {left[0]['product']}" in day.pages(BANK)


def test_a_change_that_no_hour_carries_arrives_with_the_whole_list(day_on: Day) -> None:
    assert "90009" in unhurt(day_on("15-a-change-that-no-hour-carries", days=2)).canonical("cves")


@pytest.mark.parametrize("spelling", ["harbourgate", "Harbourgate, Inc.", "Harbourgate "])
def test_a_vendor_is_meant_however_a_customer_spells_it(spelling: str, day_on: Day) -> None:
    day = unhurt(day_on("11-vendor-spelt-by-the-customer"))
    wanted = {"name": "A second bank", "email": "a@second.example", "kind": "brief", "filters": {"vendors": [spelling]}}

    day.works.brain.owner.run("add_customer", **wanted)
    day.fire_all(day.works.brain.now())

    theirs = {item["cve"] for item in day.told("A second bank")}
    assert "CVE-2025-90070" in theirs


@pytest.mark.parametrize("filters", [{"vendors": "Harbourgate"}, {"vendor": ["Harbourgate"]}, {"min_score": "high"}])
def test_a_filter_of_a_wrong_form_is_refused_when_it_is_taken(filters: dict[str, object], day_on: Day) -> None:
    day = unhurt(day_on("11-vendor-spelt-by-the-customer"))

    with pytest.raises(Refused):
        day.works.brain.owner.run("add_customer", name="A", email="a@second.example", kind="brief", filters=filters)


@pytest.mark.parametrize("case", ["17-rss-description", "passing/38-html-in-posts"])
def test_signs_of_html_in_a_name_are_shown_and_not_obeyed(case: str, day_on: Day) -> None:
    day = unhurt(day_on(case))
    office = Office(day.works)
    day.works.brain.owner.run("set_approval", action="publish", level="open")
    for role in ("content_manager", "content_worker", "content_auditor", "publish"):
        office.run(role)

    texts = day.published()
    descriptions = [d.text or "" for d in ElementTree.fromstring(texts["feed.xml"]).iter("description")]
    page = next(text for name, text in texts.items() if name.endswith(".html") and "beta" in text)
    assert any("&lt;beta&gt;" in text for text in descriptions)
    assert not any("<beta>" in text or "<img" in text for text in [*descriptions, page])


def test_signs_that_end_lines_elsewhere_end_none_in_json_lines(day_on: Day) -> None:
    assert {"90040", "90041"} <= unhurt(day_on("18-nel-in-json-lines")).canonical("nuclei").keys()


def test_leading_zeros_make_no_other_id(day_on: Day) -> None:
    day = unhurt(day_on("20-leading-zeros"))

    entities = {row["entity"] for row in day.works.rows("SELECT entity FROM company.entities")}
    assert not {"CVE-2025-00090001", "CVE-2025-0090001"} & entities
    assert not {"00090001", "0090001"} & (day.exploits("exploitdb") | day.canonical("epss").keys())
    assert "0012" in day.exploits("exploitdb")


def test_a_date_that_cannot_be_read_is_unknown_and_the_entry_known(day_on: Day) -> None:
    day = unhurt(day_on("25-one-bad-date-of-kev"))

    kev = day.canonical("kev")
    new = {"90070", "90071", "90072", "90073", "90074"}
    assert new <= kev.keys()
    assert (kev["90070"]["due_date"], kev["90071"]["due_date"]) == (None, None)
    assert {(cve, "known_exploited") for cve in new} <= day.changes_told(BANK)


def test_one_byte_of_another_encoding_costs_one_sign(day_on: Day) -> None:
    day = unhurt(day_on("26-one-latin1-byte"))

    titles = [row["title"] for row in day.works.rows("SELECT title FROM patchfirst.exploitdb")]
    assert len(titles) == 11
    assert sum("\N{REPLACEMENT CHARACTER}" in title or "é" in title for title in titles) == 1


def test_a_nul_costs_no_row_and_no_other_source(day_on: Day) -> None:
    day = unhurt(day_on("28-nul-in-a-short-field"))

    cves = day.canonical("cves")
    assert {"90001", "90002"} <= cves.keys()
    assert "\x00" not in (cves["90001"]["cvss_vector"] or "")
    assert day.canonical("nvd")


def test_half_a_sign_costs_no_row(day_on: Day) -> None:
    cves = unhurt(day_on("29-lone-surrogate")).canonical("cves")

    assert {"90001", "90002"} <= cves.keys()
    assert cves["90001"]["description"].endswith("\N{REPLACEMENT CHARACTER}")


@pytest.mark.parametrize(("case", "cve"), [("30a-epss-plain-in-gz", "90060"), ("30c-epss-bom-inside", "90062")])
def test_epss_is_read_however_it_is_packed(case: str, cve: str, day_on: Day) -> None:
    assert unhurt(day_on(case)).canonical("epss")[cve]["epss"] == pytest.approx(0.5)


def test_a_stamp_of_the_future_keeps_no_later_edition_out(day_on: Day) -> None:
    day = unhurt(day_on("34-stamp-of-the-future"))

    assert "90071" in day.canonical("kev")
    assert ("90071", "known_exploited") in day.changes_told(BANK) | day.changes_told(FEED)
    marks = day.works.rows("SELECT max(edition_at) AS mark FROM company.batches WHERE source = 'kev'")
    assert marks[0]["mark"].year == 2026


def test_an_odd_detail_costs_the_detail(day_on: Day) -> None:
    cves = unhurt(day_on("35-one-odd-detail-of-a-record")).canonical("cves")

    assert {"90001", "90002", "90003", "90004", "90005"} <= cves.keys()
    assert [cves[cve]["exploitation"] for cve in ("90001", "90003")] == ["active", "active"]


def test_a_ransomware_flag_is_read_in_any_case(day_on: Day) -> None:
    day = unhurt(day_on("37-ransomware-word"))

    kev = day.canonical("kev")
    assert [kev[cve]["ransomware"] for cve in ("90000", "90001", "90003")] == [True, True, True]
    assert {(cve, "ransomware") for cve in ("90000", "90001", "90003")} <= day.changes_told(BANK)


def test_a_feed_customer_finds_every_change_of_the_day_in_the_evening(day_on: Day) -> None:
    day = unhurt(day_on("41-feed-file-of-a-day"))

    found = {item["cve"] for file in day.feed_files() for item in file["items"] if item["what"] == "known_exploited"}
    assert {"CVE-2025-90070", "CVE-2025-90071"} <= found


def test_a_blank_in_an_id_is_no_part_of_it(day_on: Day) -> None:
    assert {"90005", "90006"} <= unhurt(day_on("passing/02-metasploit-blank-in-id")).exploits("metasploit")


def test_ids_are_read_or_named_as_unread(day_on: Day) -> None:
    day = unhurt(day_on("passing/21-suffix-at-an-id"))

    unread = str(day.works.rows("SELECT unread_codes FROM patchfirst.exploitdb")) + str(day.set_aside())
    seen = day.exploits("exploitdb")
    assert "90003" in seen
    assert [cve for cve in ("90005", "90006", "90007", "90008") if cve not in seen and cve not in unread] == []
    assert not any("JETTY" in row["entity"] for row in day.works.rows("SELECT entity FROM company.entities"))


def test_words_that_are_new_to_nvd_stop_no_page(day_on: Day) -> None:
    nvd = unhurt(day_on("passing/23-nvd-new-word")).canonical("nvd")

    assert nvd["90001"]["cvss_score"] == pytest.approx(9.3)


def test_a_record_without_a_date_is_taken(day_on: Day) -> None:
    assert len(unhurt(day_on("passing/24-no-published-date")).canonical("cves")) >= 1


def test_blanks_around_a_name_are_no_part_of_it(day_on: Day) -> None:
    day = unhurt(day_on("passing/32-kev-trailing-blanks"))

    told = [item for item in day.told(BANK) if item["what"] == "known_exploited"]
    assert [(item["vendor"], item["product"]) for item in told] == [("Harbourgate", "Edge Firewall")]


def test_a_record_that_is_published_again_is_published(day_on: Day) -> None:
    day = unhurt(day_on("passing/36-published-rejected-published"))

    assert "REJECTED" not in {row["state"] for row in day.canonical("cves").values()}


def test_numbers_are_read_as_they_are_written(day_on: Day) -> None:
    day = unhurt(day_on("passing/39-epss-plain-and-numbers"))

    read, aside = day.canonical("epss"), day.set_aside()
    assert {"90000", "90001", "90002", "90003", "90004", "90008"} <= read.keys()
    assert len(read) + len(aside) == 10


def test_a_huge_text_is_cut_and_english_comes_first(day_on: Day) -> None:
    cves = unhurt(day_on("passing/40-huge-and-foreign")).canonical("cves")

    assert len(cves) == 3
    assert all(0 < len(row["description"]) <= 10_000 for row in cves.values())


def test_an_open_quote_costs_one_row(day_on: Day) -> None:
    day = unhurt(day_on("passing/44-open-quote"))

    assert len([row for row in day.set_aside() if row["source"] == "exploitdb"]) == 1
