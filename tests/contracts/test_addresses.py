"""The publishers' addresses and limits that a fresh company uses: a change of one is a decision, never a slip."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit

from company.vertical import Source
from patchfirst.sources.nvd import FIRST_WINDOW, LONGEST_WINDOW, first_page
from patchfirst.vertical import VERTICAL

RAW = "https://raw.githubusercontent.com"
ADDRESSES = {
    # cisa.gov refuses many clouds: the second address is CISA's own repository, whose branch is develop.
    "kev": (
        "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
        f"{RAW}/cisagov/kev-data/develop/known_exploited_vulnerabilities.json",
    ),
    # The old host, epss.cyentia.com, only redirects since May 2025.
    "epss": ("https://epss.empiricalsecurity.com/epss_scores-{date}.csv.gz",),
    "cves": ("https://github.com/CVEProject/cvelistV5/releases/download/{edition}",),
    "nvd": ("https://services.nvd.nist.gov/rest/json/cves/2.0",),
    "exploitdb": ("https://gitlab.com/exploit-database/exploitdb/-/raw/main/files_exploits.csv",),
    "metasploit": (f"{RAW}/rapid7/metasploit-framework/master/db/modules_metadata_base.json",),
    "nuclei": (f"{RAW}/projectdiscovery/nuclei-templates/main/cves.json",),
    # It answers with the address of the file. The three from here on are off until their owner switches them on.
    "vulncheck": ("https://api.vulncheck.com/v3/backup/vulncheck-kev",),
    "ghsa": ("https://codeload.github.com/github/advisory-database/tar.gz/refs/heads/main",),
    # An archive of each ecosystem: no other address has the same.
    "osv": tuple(
        f"https://osv-vulnerabilities.storage.googleapis.com/{ecosystem}/all.zip"
        for ecosystem in ("PyPI", "npm", "Go", "Maven", "NuGet", "crates.io", "Packagist", "RubyGems")
    ),
}
LARGEST_SEEN_MB = {"kev": 1.6, "epss": 2.3, "cves": 650, "nvd": 20, "exploitdb": 10, "metasploit": 11.3, "nuclei": 1.7}
"""The largest edition of 2026 in MB, as it comes; a page of NVD has 2,000 entries."""


def _source(name: str) -> Source:
    return VERTICAL.source(name)


def test_every_source_is_asked_at_its_publisher_first_and_then_in_this_order() -> None:
    assert {source.name: source.urls for source in VERTICAL.sources} == ADDRESSES


def test_every_address_is_https_and_names_no_key() -> None:
    for urls in ADDRESSES.values():
        assert [(urlsplit(url).scheme, urlsplit(url).query, urlsplit(url).username) for url in urls] == [
            ("https", "", None)
        ] * len(urls)


def test_a_source_takes_twice_its_largest_edition_of_today_unless_it_is_the_whole_list() -> None:
    for name, megabytes in LARGEST_SEEN_MB.items():
        factor = 1.5 if name == "cves" else 2
        assert _source(name).max_bytes >= factor * megabytes * 1e6, name


def test_a_date_that_is_not_there_yet_is_refused_by_epss_and_missing_elsewhere() -> None:
    statuses = {source.name: source.route.missing_status for source in VERTICAL.sources}

    assert statuses.pop("epss") == 403
    assert set(statuses.values()) == {404}
    assert _source("epss").published_from == time(12, 0)


def test_nvd_is_asked_as_it_asks_to_be() -> None:
    """One pull in two hours (its machine fires each hour, some seconds late), six seconds between two requests."""
    nvd = _source("nvd")
    assert nvd.asked_every is not None
    assert timedelta(hours=1, minutes=50) < nvd.asked_every <= timedelta(hours=2)
    assert nvd.pause_seconds == 6.0


def test_nvd_is_asked_for_a_window_that_it_answers() -> None:
    """Both ends, at most 120 days, 2,000 results a page, and a plus sign that survives the address."""
    now, long_ago = datetime(2026, 3, 11, 9, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)
    url = first_page(ADDRESSES["nvd"][0], long_ago, now)
    asked = {name: found[0] for name, found in parse_qs(urlsplit(url).query).items()}
    begin, end = (datetime.fromisoformat(asked[name]) for name in ("lastModStartDate", "lastModEndDate"))

    assert end - begin == LONGEST_WINDOW < timedelta(days=120) and FIRST_WINDOW < LONGEST_WINDOW
    assert (asked["resultsPerPage"], asked["startIndex"]) == ("2000", "0")
    assert "+" not in url


def test_the_cve_list_is_asked_for_by_the_names_of_its_releases() -> None:
    releases = _source("cves").releases
    assert releases is not None

    assert "cve_2026-03-11_0000Z/2026-03-11_all_CVEs_at_midnight.zip.zip" in releases.names_whole(date(2026, 3, 11))
    assert "cve_2026-03-11_0900Z/2026-03-11_delta_CVEs_at_0900Z.zip" in releases.names_part(
        datetime(2026, 3, 11, 9, tzinfo=UTC)
    )
