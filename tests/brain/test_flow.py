"""Whether data flows is asked stage by stage: a stage that cannot be asked hides no other."""

from tests.support.brains import TestBrain, run_sql

NO_TIME = """
CREATE OR REPLACE FUNCTION company.flow_scored()
RETURNS TABLE (pipeline text, stage text, last_at timestamptz, may_rest interval, facts jsonb)
LANGUAGE sql STABLE AS
$$ SELECT 'scores', 'scored', timestamptz 'infinity', interval '3 hours', '{}'::jsonb $$
"""


def test_a_stage_that_cannot_be_asked_leaves_the_others_looked_at(brain: TestBrain) -> None:
    run_sql(brain.as_login("superuser"), "ALTER FUNCTION company.flow_asked() RENAME TO set_aside")

    stages = {row["stage"]: row for row in brain.as_role("flow_check").all("flow_check")}

    assert "flow_asked" in stages["asked"]["facts"]["could_not_look"] and not stages["asked"]["is_flowing"]
    assert stages["in force"]["pipeline"] in ("kev", "epss", "cves", "nvd", "exploitdb", "metasploit", "nuclei")


def test_a_moment_that_is_no_time_makes_no_stage_flow(brain: TestBrain) -> None:
    run_sql(brain.as_login("superuser"), NO_TIME)

    stages = {row["stage"]: row for row in brain.as_role("flow_check").all("flow_check")}

    assert (stages["scored"]["is_flowing"], stages["scored"]["rested"]) == (False, None)
