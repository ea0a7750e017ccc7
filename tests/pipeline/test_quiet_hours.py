"""An hour in which little happened costs little: what is read follows what changed, and not what there is."""

from dataclasses import replace

from company.vertical import Customer
from tests.pipeline.works import Works, epss_of, kev, kev_entry

FERRY = Customer("Northferry Logistics", "ferry@northferry.invalid", "brief", {"min_score": 0})
READ = (
    "SELECT seq_scan + coalesce(idx_scan, 0) AS times FROM pg_stat_xact_user_tables WHERE relid = %(table)s::regclass"
)
CHANGES = """
SELECT cve FROM patchfirst.changes_for(%(customer)s, company.now() - interval '1 day', company.now(), %(kinds)s)
"""
EXPLOITS = "id,description,date_published,type,platform,date_added,verified,codes"


def test_a_new_entry_of_the_list_is_found_without_reading_scores(works: Works) -> None:
    """Each customer is asked about each hour; with a join each of these read the scores of all CVEs."""
    works.take_in("kev", kev(*(kev_entry(n) for n in range(5))))
    works.take_in("epss", epss_of(5), at="2026-03-10T12:55:00Z")
    works.run("link", "score")
    works.open_for(FERRY)
    works.brain.wait(hours=1)
    works.take_in("kev", kev(*(kev_entry(n) for n in range(6)), at="2026-03-11T09:00:00.1234Z"))

    with works.brain.admin as admin, admin.transaction():
        found = admin.execute(CHANGES, {"customer": 1, "kinds": ["known_exploited", "name_corrected"]}).fetchall()
        read = admin.execute(READ, {"table": "company.scores"}).fetchone()

    assert "CVE-2025-90005" in str(found)
    assert read is not None and read["times"] == 0


def test_an_exploit_of_a_cve_below_a_customers_limit_is_no_news_for_it(works: Works) -> None:
    works.take_in("epss", epss_of(5), at="2026-03-10T12:55:00Z")
    works.run("link", "score")
    works.open_for(FERRY, replace(FERRY, name="Alder Bank", email="bank@alder.invalid", filters={"min_score": 90}))
    rows = [f"{n},x,,dos,linux,,1,CVE-2024-{90000 + n}" for n in range(20)]
    for more in ([], ["90,x,,dos,linux,,1,CVE-2025-90001"]):
        rows += more
        works.serve_only("exploitdb", ("\n".join([EXPLOITS, *rows]) + "\n").encode())
        works.run("scrape_exploits", "check", "promote", "link", "score")

    seen = [works.rows(CHANGES, customer=n, kinds=["exploit_seen"]) for n in (1, 2)]

    assert seen == [[{"cve": "CVE-2025-90001"}], []]
