"""A change that is live: what takes it back, what its owner may do meanwhile, and what is told of it."""

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from build_auditor import lambdas
from company.pages.why import why
from company.sandbox import code_root
from company.sandbox.diffs import apply_diff
from tests.functions.office import Office
from tests.functions.release import PRODUCT, alias_of, deployment, live_layers, open_deploy, release_again
from tests.functions.workshop import built, reads_the_new_name
from tests.pipeline.grown import grown

template_brain = grown(built)

WATCHED = {
    "times out": (
        "INSERT INTO company.sessions (role, schedule, due_at, request_id, attempt, started_at, deadline_at,"
        " finished_at, outcome, reason) SELECT 'check', schedule, due_at, 'slow', 1, company.now(), company.now(),"
        " company.now(), 'timed_out', 'its time was over' FROM company.slots LIMIT 1",
        "check timed_out: its time was over",
    ),
    "does not begin": (
        "WITH on_aws AS (INSERT INTO company.schedules (schedule, role, expression, state, modified_at, seen_at)"
        " VALUES ('check', 'check', 'rate(1 hour)', 'ENABLED', now(), now()) ON CONFLICT DO NOTHING)"
        " INSERT INTO company.slots (schedule, role, due_at, status, reason, ended_at) VALUES ('check', 'check',"
        " company.now(), 'missed', 'nothing fired within 00:20:00 of its time', company.now())",
        "check did not begin at",
    ),
    "quarantines more": (
        "INSERT INTO company.batches OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(b, jsonb_build_object("
        "'id', 999, 'staged_at', company.now(), 'quarantined', 3, 'promoted', b.promoted - 3))).*"
        " FROM company.batches b WHERE b.status = 'promoted' LIMIT 1",
        "kev put 3 of 30 rows aside, before it 0 of 30",
    ),
    "flow_check differs": (
        "INSERT INTO company.findings (fingerprint, kind, subject, level, title, watcher, found_by) VALUES"
        " ('flow:scores:scored', 'not_flowing', 'scores', 'today', 'scores: scored has not moved for 4 h',"
        " 'data_manager', 'flow_check')",
        "flow_check: scores: scored has not moved",
    ),
}


@pytest.mark.parametrize("fault", WATCHED)
def test_each_fault_of_what_is_watched_takes_the_change_back(proved: Office, fault: str) -> None:
    open_deploy(proved)
    proved.run("build_auditor")
    statement, shown = WATCHED[fault]
    proved.works.brain.wait(minutes=1)
    proved.works.brain.admin.execute(statement.encode())

    answer = proved.run("build_auditor")

    assert answer["evidence"]["rolled_back"] == 1, answer
    assert {alias_of(proved, role) for role in PRODUCT} == {"1"}
    assert shown in deployment(proved)["reason"]
    assert proved.rows("SELECT level FROM company.alerts WHERE facts ->> 'title' LIKE 'C-1 was rolled back%%'") == [
        {"level": "today"}
    ]


def test_an_owner_who_closes_it_on_its_way_stops_it_and_nothing_of_it_stays(
    proved: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_deploy(proved)
    real = lambdas.publish_version

    def closes(*given: Any) -> Any:
        open_deploy(proved, "closed")
        return real(*given)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(lambdas, "publish_version", closes)
        answer = proved.run("build_auditor")

    assert answer["evidence"]["withdrawn"] == 1, answer
    assert {alias_of(proved, role) for role in PRODUCT} == {"1"}
    assert live_layers(proved, "check", "$LATEST") == ["deps:1", "product:1"]
    assert proved.rows("SELECT * FROM company.findings WHERE kind = 'rolled_back'") == []
    assert proved.run("build_auditor")["outcome"] == "skipped"

    open_deploy(proved)
    assert proved.run("build_auditor")["evidence"]["deployed"] == 1
    open_deploy(proved, "closed")
    assert deployment(proved)["status"] == "live"


def test_a_deploy_of_the_owners_that_comes_in_between_wins_and_the_change_begins_anew_on_it(
    proved: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_deploy(proved)
    real = lambdas.publish_layer

    def deploys(*given: Any) -> Any:
        monkeypatch.setattr(lambdas, "publish_layer", real)
        done = real(*given)
        release_again(proved)
        return done

    monkeypatch.setattr(lambdas, "publish_layer", deploys)
    answer = proved.run("build_auditor")

    assert answer["evidence"]["withdrawn"] == 1, answer
    assert alias_of(proved, "check") == "2"
    assert proved.run("build_auditor")["evidence"]["deployed"] == 1
    assert deployment(proved)["functions"]["x-check"]["was"] == "2"
    assert live_layers(proved, "check")[0] == "deps:2"


def test_an_owners_deploy_is_noticed_by_itself_and_one_that_has_the_change_undoes_nothing(
    proved: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    open_deploy(proved)
    proved.run("build_auditor")
    file = tmp_path / "patchfirst/sources/kev.toml"
    file.parent.mkdir(parents=True)
    [row] = proved.rows("SELECT diff FROM company.changes")
    file.write_text(
        "# moved down\n\n" + apply_diff((code_root("patchfirst") / file.relative_to(tmp_path)).read_text(), row["diff"])
    )
    monkeypatch.setattr("build_auditor.settling.roots_of", lambda _: (tmp_path,))

    release_again(proved)
    answer = proved.run("build_auditor")

    assert answer["evidence"]["released"] == 1, answer
    assert deployment(proved)["reason"] == "your own deploy has it"
    assert proved.rows("SELECT * FROM company.findings WHERE kind = 'change_undone'") == []
    assert proved.run("build_auditor")["outcome"] == "skipped"


def test_what_a_deploy_of_code_published_once_more_is_rolled_back_too(proved: Office) -> None:
    """The newest code of a function has the layer of changes, and a deploy that changes only code publishes that."""
    open_deploy(proved)
    proved.run("build_auditor")
    client = proved.works.cloud.client("lambda")
    client.update_function_configuration(FunctionName="x-check", Timeout=99)
    again = client.publish_version(FunctionName="x-check", Description="code")["Version"]
    client.update_alias(FunctionName="x-check", Name="live", FunctionVersion=again)

    proved.works.brain.owner.run("order_change", change_id=1, order="roll_back", reason="")
    proved.run("build_auditor")

    assert {tuple(live_layers(proved, role)) for role in PRODUCT} == {("deps:1", "product:1")}
    assert alias_of(proved, "check") > again


def test_the_story_of_a_change_has_its_steps_and_the_fires_that_were_watched(
    proved: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_deploy(proved)
    proved.run("build_auditor")
    reads_the_new_name(monkeypatch)
    proved.works.run("scrape_kev", "check", "promote")
    proved.run("build_auditor")

    told = [event.what for event in why(proved.works.brain.owner, "change 1").events]

    for begin in (
        "filed T-", "proposed for patchfirst/sources/kev.toml", "the change: ", "tried on a copy", "proved: ",
        "deployment: started", "deployment: layer published, ", "deployment: function published x-check 1 -> 2",
        "deployment: moving", "deployment: live", "watched fire done; ", "deployment: kept: ",
    ):  # fmt: skip
        told = told[next((n for n, what in enumerate(told) if what.startswith(begin)), len(told)) :]
        assert told, begin
    assert [e.who for e in why(proved.works.brain.owner, "C-1").events if e.what.startswith("watched")] == [
        "scrape_kev", "check", "promote",
    ]  # fmt: skip


OF_ANOTHER = {
    "update_function_configuration": "ResourceConflictException",
    "publish_version": "ResourceConflictException",
    "update_alias": "PreconditionFailedException",
}
"""What Lambda answers to a call while another deploy is at work."""


def test_a_deploy_that_is_at_work_at_the_same_moment_wins_and_the_change_begins_anew(
    proved: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_deploy(proved)
    client = proved.works.cloud.client("lambda")

    for call, code in OF_ANOTHER.items():
        error = ClientError({"Error": {"Code": code, "Message": "an update is in progress"}}, call)
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(client, call, Mock(side_effect=error))
            assert proved.run("build_auditor")["evidence"]["withdrawn"], call
        assert {alias_of(proved, role) for role in PRODUCT} == {"1"}, call
    assert proved.run("build_auditor")["evidence"]["deployed"] == 1

    assert proved.rows("SELECT * FROM company.findings WHERE kind = 'rolled_back'") == []
    assert len({tuple(live_layers(proved, role)) for role in PRODUCT}) == 1


NOT_NOW = ("put_object", "update_function_configuration", "publish_version", "update_alias")


def _not_allowed(call: str) -> Mock:
    code = "AccessDenied" if call == "put_object" else "AccessDeniedException"
    return Mock(side_effect=ClientError({"Error": {"Code": code, "Message": "x is not authorized"}}, call))


@pytest.mark.parametrize("call", NOT_NOW)
def test_a_call_that_is_not_allowed_for_a_moment_holds_the_deployment_up_and_the_next_fire_goes_on(
    proved: Office, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """A deploy of the owner's replaces the policy in this moment."""
    open_deploy(proved)
    client = proved.works.cloud.client("s3" if call == "put_object" else "lambda")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(client, call, _not_allowed(call))
        answer = proved.run("build_auditor")
    assert (answer["evidence"]["held_up"], answer["evidence"]["rolled_back"]) == (1, 0), answer
    assert deployment(proved)["status"] == "started"
    assert proved.value("SELECT count(*) FROM company.deployment_steps WHERE step = 'held_up'") == 1
    woken = proved.works.brain.as_role("heartbeat").all("build_wakes_due", most_a_day=9)
    assert "wake-build_auditor-d1-started-1" in [row["name"] for row in woken]

    assert proved.run("build_auditor")["evidence"]["deployed"] == 1
    assert len({tuple(live_layers(proved, role)) for role in PRODUCT}) == 1
    assert proved.rows("SELECT * FROM company.findings WHERE kind = 'rolled_back'") == []


def test_a_call_that_is_not_allowed_for_an_hour_takes_the_change_back_and_is_told(
    proved: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_deploy(proved)
    client = proved.works.cloud.client("lambda")
    monkeypatch.setattr(client, "publish_version", _not_allowed("publish_version"))

    fates = [proved.run("build_auditor", minutes=minutes)["evidence"] for minutes in (1, 30, 31)]

    assert [(fate.get("held_up", 0), fate["rolled_back"]) for fate in fates] == [(1, 0), (1, 0), (0, 1)]
    assert "x is not authorized" in deployment(proved)["reason"]
    assert {alias_of(proved, role) for role in PRODUCT} == {"1"}
    assert len(proved.rows("SELECT * FROM company.findings WHERE kind = 'rolled_back'")) == 1
