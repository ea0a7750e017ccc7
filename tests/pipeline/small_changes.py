"""Small changes of the CVE List, NVD and Exploit-DB in a test, and what a pass over everything would find."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.pipeline.test_changes import record, tarred
from tests.pipeline.works import Works, epss, kev, kev_entry
from tests.support.brains import run_sql

KNOWN = 60
DIFFERENCE = """
SELECT company.differing_scores_sql(m, 'patchfirst.score_features', 'company.scores') AS statement
FROM company.score_models m
"""
DATE = "2026-02-01T00:00:00.000"
RANKED = "CVE-2023-90009"
UNDATED_OF_2022 = [f"CVE-2022-{90000 + n}" for n in (0, 5, 10)]
LISTED = [kev_entry(0, cveID=cve, dateAdded="2026-03-01") for cve in ("CVE-2023-90001", "CVE-2022-90007")]
"""The second is known from nowhere else."""


def ready(works: Works) -> None:
    """Sixty CVEs of one year whose dates are estimated, three listed; four of another year, of which all dates are
    estimated, and two of one of which all are known.
    """
    of_2025 = [f"CVE-2025-{90000 + n}" for n in range(KNOWN)]
    works.take_in("epss", epss(*(f"{cve},0.1,0.5" for cve in [*of_2025, *UNDATED_OF_2022, RANKED])))
    works.take_in("kev", kev(*(kev_entry(n) for n in range(3)), *LISTED))
    dated = [record_of(n, year=year) for n, year in ((1, 2025), (2, 2025), (1, 2023), (9, 2023))]
    works.take_in("cves", tarred(*dated), stamp(works))
    works.run("score")
    assert (last_pass(works)["is_whole"], last_pass(works)["looked_at"]) == (True, KNOWN + 6)


def record_of(n: int, *, year: int = 2025, is_dated: bool = True, **about: Any) -> dict[str, Any]:
    one = record(n, "2026-03-01T00:00:00Z")
    one["cveMetadata"] |= {"cveId": f"CVE-{year}-{90000 + n}", **about}
    if not is_dated:
        del one["cveMetadata"]["datePublished"]
    return one


def stamp(works: Works) -> str:
    return f"{works.brain.now():%Y-%m-%dT%H:%M:%SZ}"


def serve(works: Works, *records: dict[str, Any]) -> None:
    """In the second next hour the CVE List has these changes; by then NVD may be asked again."""
    hour = works.brain.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    works.brain.set_now(hour)
    for one in records:
        one["cveMetadata"]["dateUpdated"] = stamp(works)
    body = tarred(*records)
    works.serve_only("cves", body, stamp(works))
    works.editions[-1] = replace(works.editions[-1], is_part=True)
    works.show(works.editions)
    works.brain.wait(minutes=15)


def take(works: Works, *records: dict[str, Any]) -> None:
    serve(works, *records)
    works.run("scrape_cves", "check", "promote")
    assert works.last_batch()["promoted"] == len(records)


def take_nvd(works: Works, *entries: dict[str, Any]) -> None:
    """Two hours later NVD has these."""
    works.brain.wait(hours=2)
    at = stamp(works)
    changed = [{"cve": {"lastModified": at.rstrip("Z"), **entry}} for entry in entries]
    head = {"startIndex": 0, "totalResults": len(entries), "timestamp": at.rstrip("Z")}
    works.serve_only("nvd", json.dumps({**head, "vulnerabilities": changed}).encode(), at)
    works.run("scrape_cves", "check", "promote")
    assert (works.last_batch()["source"], works.last_batch()["status"]) == ("nvd", "promoted")


def exploit(n: int, *, codes: str, is_verified: bool = True) -> str:
    """A line of Exploit-DB's list, dated lately."""
    return f"{n},x,2026-02-20,dos,linux,2026-02-20,{int(is_verified)},{codes}"


def take_exploits(works: Works, lines: Iterable[str], *, others: int = 20) -> None:
    """An hour later Exploit-DB has these, and some of CVEs that nothing else knows."""
    works.brain.wait(hours=1)
    header = "id,description,date_published,type,platform,date_added,verified,codes"
    long_known = [exploit(1000 + n, codes=f"CVE-2019-{5000 + n}") for n in range(others)]
    works.serve_only("exploitdb", "\n".join([header, *long_known, *lines, ""]).encode(), stamp(works))
    works.run("scrape_exploits", "check", "promote")
    assert (works.last_batch()["source"], works.last_batch()["status"]) == ("exploitdb", "promoted")


def change(works: Works, *records: dict[str, Any]) -> dict[str, Any]:
    take(works, *records)
    works.run("score")
    return last_pass(works)


def last_pass(works: Works) -> dict[str, Any]:
    return works.rows("SELECT * FROM company.score_passes ORDER BY id DESC LIMIT 1")[0]


def differing(works: Works) -> list[str]:
    """Whose score a pass over everything would change now."""
    admin = works.brain.as_login("superuser")
    (row,) = run_sql(admin, DIFFERENCE)
    return sorted(row["entity"] for row in run_sql(admin, row["statement"].replace("%", "%%")))
