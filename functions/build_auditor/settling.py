"""What is in force of our changes is settled first: resumed, kept, rolled back, or found undone; then one more begins.

Mechanical, whatever the model did or said: it judges nothing but what its rows show.
"""

from dataclasses import dataclass
from functools import partial

from build_auditor.deployment import (
    CannotDeploy,
    ChangeDeployment,
    begin_deployment,
    carry_out_deployment,
    deployments_in_force,
    note_step,
    roll_back_deployment,
    undone_by_another,
)
from build_auditor.trial import ChangeToProve, try_change
from build_auditor.verdict import judge_trial
from company.fire.apart import each
from company.fire.fire import Fire
from company.owner.decisions import Decision, answer_by
from company.text.wording import counted, join_with_and
from company.watch.findings import open_finding

SHOWN = 3


@dataclass(frozen=True)
class ChangeToDeploy:
    """A proved change that is in no deployment. leave: deploy, ask, wait or refused."""

    id: int
    title: str
    leave: str


@dataclass(frozen=True)
class ChangeOrder:
    """What the owner ordered about a change: approve, roll_back or prove."""

    id: int
    change_id: int
    what: str
    reason: str


@dataclass(frozen=True)
class WorkingEvidence:
    """What a deployment's functions have done since it is live; is_enough: it may be kept."""

    worked: int
    rows_read: int
    rows_in_force: int
    needs_rows: bool
    is_enough: bool


def is_due(fire: Fire) -> bool:
    """Whether a deployment, an order of the owner's or a change with her approval waits."""
    return bool(fire.brain.value("is_deploying_due"))


def settle_deployments(fire: Fire) -> dict[str, int]:
    """All that is under way first, then orders, then the next change; how many of each."""
    done = {"deployed": 0, "kept": 0, "rolled_back": 0}
    standing = deployments_in_force(fire)
    for fate in each(fire, "deployments", standing, partial(_settle, fire), name=_name):
        done[fate] = done.get(fate, 0) + 1
    orders = fire.brain.rows(ChangeOrder, "orders_to_carry_out")
    for fate in each(
        fire, "orders", orders, partial(_carry_out_order, fire), name=lambda order: f"C-{order.change_id}"
    ):
        done[fate] = done.get(fate, 0) + 1
    waiting = fire.brain.rows(ChangeToDeploy, "changes_to_deploy")
    for fate in each(fire, "changes to deploy", waiting, partial(_next, fire), name=lambda change: f"C-{change.id}"):
        done[fate] = done.get(fate, 0) + 1
    done.pop("", None)
    return done


def _name(one: ChangeDeployment) -> str:
    return f"C-{one.change_id}"


def _settle(fire: Fire, one: ChangeDeployment) -> str:
    if one.status == "started":
        return _go_on(fire, one)
    if undone := undone_by_another(fire, one):
        return _note_undone(fire, one, undone)
    if one.status == "kept":
        return ""
    if failures := _failures(fire, one):
        return _take_back(fire, one, join_with_and(failures[:SHOWN]))
    evidence = fire.brain.row(WorkingEvidence, "evidence_since", deployment_id=one.id)
    assert evidence is not None, "a count always answers"
    if not evidence.is_enough:
        return ""
    reason = f"{counted(evidence.worked, 'fire')} worked, {counted(evidence.rows_in_force, 'row')} of it in force"
    facts = {"worked": evidence.worked, "rows_read": evidence.rows_read, "rows_in_force": evidence.rows_in_force}
    note_step(fire, one, "kept", {"reason": reason, "evidence": facts})
    return "kept"


def _failures(fire: Fire, one: ChangeDeployment) -> list[str]:
    return [str(row["failure"]) for row in fire.brain.all("failures_since", deployment_id=one.id)]


def _go_on(fire: Fire, one: ChangeDeployment) -> str:
    """A deployment that was begun goes on where it stands; what cannot be deployed was taken back, and is reported."""
    change = fire.brain.row(ChangeToProve, "change_to_prove", change_id=one.change_id)
    assert change is not None, "a deployment has its change"
    try:
        carry_out_deployment(fire, one, change.diff)
    except CannotDeploy as error:
        _report(fire, one, str(error))
        return "rolled_back"
    _note_answer(fire, one.change_id, "deployed, and watched")
    return "deployed"


def _take_back(fire: Fire, one: ChangeDeployment, reason: str) -> str:
    roll_back_deployment(fire, one, reason)
    _report(fire, one, reason)
    return "rolled_back"


def _report(fire: Fire, one: ChangeDeployment, reason: str) -> None:
    open_finding(
        fire.brain,
        fingerprint=f"rolled_back:C-{one.change_id}",
        kind="rolled_back",
        subject=one.subject,
        level="today",
        title=f"C-{one.change_id} was rolled back: {reason}"[:200],
        effect="what the change was to fix is as it was before it",
        evidence={"change": one.change_id, "deployment": one.id, "reason": reason, "functions": len(one.functions)},
        watcher=fire.record.reports_to,
    )


def _note_undone(fire: Fire, one: ChangeDeployment, names: list[str]) -> str:
    reason = f"a deploy from outside replaced it in {join_with_and(names)}; it is in force only where that has it"
    note_step(fire, one, "undone", {"reason": reason})
    open_finding(
        fire.brain,
        fingerprint=f"undone:C-{one.change_id}",
        kind="change_undone",
        subject=one.subject,
        level="brief",
        title=f"your deploy undid C-{one.change_id}: {one.title}"[:200],
        effect="unless your checkout has the change, what it fixed fails again",
        evidence={"change": one.change_id, "functions": len(names)},
        watcher=fire.record.reports_to,
    )
    return "undone"


def _carry_out_order(fire: Fire, order: ChangeOrder) -> str:
    outcome, fate = "it waits for its turn", ""
    if order.what == "roll_back":
        outcome, fate = _roll_back_by_order(fire, order)
    elif order.what == "prove":
        outcome = _prove_again(fire, order.change_id)
    fire.brain.run("note_order_done", order_id=order.id, session_id=fire.session_id, outcome=outcome)
    return fate


def _roll_back_by_order(fire: Fire, order: ChangeOrder) -> tuple[str, str]:
    one = next((one for one in deployments_in_force(fire) if one.change_id == order.change_id), None)
    if one is None:
        return "it was not in force any more", ""
    moved = roll_back_deployment(fire, one, f"the owner ordered it{': ' if order.reason else ''}{order.reason}")
    return f"rolled back in {counted(len(moved), 'function')}", "rolled_back"


def _prove_again(fire: Fire, change_id: int) -> str:
    change = fire.brain.row(ChangeToProve, "change_to_prove", change_id=change_id)
    assert change is not None, "an order names a change"
    facts = try_change(fire, change)
    fire.learn("tried", f"C-{change_id} tried again on a copy", change_id=change_id, **vars(facts))
    status, verdict = judge_trial(facts)
    return f"{status} again: {verdict}"


def _next(fire: Fire, change: ChangeToDeploy) -> str:
    """The next change begins when nothing is unsettled; at ask its owner is asked once, with its lines."""
    if change.leave == "ask":
        by = answer_by(fire.now, fire.settings.owner_timezone)
        fire.brain.value("ask_to_deploy", change_id=change.id, session_id=fire.session_id, answer_by=by)
        return ""
    if change.leave != "deploy" or any(one.status in ("started", "live") for one in deployments_in_force(fire)):
        return ""
    return _go_on(fire, begin_deployment(fire, change.id))


def _note_answer(fire: Fire, change_id: int, outcome: str) -> None:
    answered = fire.brain.rows(Decision, "my_answered_decisions")
    decision = next((one for one in answered if one.subject.get("change") == change_id), None)
    if decision is not None:
        fire.brain.run("note_decision_acted", decision_id=decision.id, outcome=outcome)
