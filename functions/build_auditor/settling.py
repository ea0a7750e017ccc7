"""What is in force of our changes is settled first: resumed, kept, rolled back, or found undone; then one more begins.

Mechanical, whatever the model did or said: it judges nothing but what its rows show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from build_auditor.deployment import (
    CannotDeploy,
    ChangeDeployment,
    HeldUp,
    Withdrawn,
    begin_deployment,
    carry_out_deployment,
    deployments_in_force,
    end_after_another,
    go_on_taking_back,
    note_step,
    replaced_by_another,
    roll_back_deployment,
)
from build_auditor.trial import try_change
from build_auditor.verdict import judge_trial
from company.fire.apart import each
from company.fire.fire import Fire
from company.owner.answer_time import answer_by
from company.owner.decisions import Decision
from company.sandbox.changes import ChangeInFull
from company.sandbox.in_force import roots_of
from company.sandbox.pages import functions_root
from company.sandbox.pulled import has_change
from company.text.wording import counted, join_with_and
from company.tools.findings import close_finding
from company.watch.audit_findings import Problem, open_problem

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
    """What a deployment's functions have done since it is live; is_enough: it may be kept.

    pages: that were written and sent for the customers of its task, where that is about such pages.
    """

    worked: int
    rows_read: int
    rows_in_force: int
    needs_rows: bool
    is_enough: bool
    pages: int | None


@dataclass(frozen=True)
class EndedDeployment:
    """A deployment that is over without its owner's order, rolled_back or undone. functions: in how many it was."""

    id: int
    change_id: int
    subject: str
    title: str
    status: str
    reason: str
    functions: int

    @property
    def figures(self) -> dict[str, int]:
        return {"change": self.change_id, "deployment": self.id, "functions": self.functions}


@dataclass(frozen=True)
class OverFinding:
    """My finding about a change that was taken back, of which nothing is left to do. how: why not."""

    id: int
    how: str


def is_due(fire: Fire) -> bool:
    """Whether a deployment, an order of the owner's, a change with her approval, or her own deploy is to be settled."""
    return bool(fire.brain.value("is_deploying_due")) or bool(_replaced(fire, deployments_in_force(fire)))


def settle_deployments(fire: Fire) -> dict[str, int]:
    """All that is under way first, then orders, then the next change; how many of each."""
    done = {"deployed": 0, "kept": 0, "rolled_back": 0}
    standing = deployments_in_force(fire)
    settle = partial(_settle, fire, _replaced(fire, standing))
    for fate in each(fire, "deployments", standing, settle, name=_name):
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
    _report_ends(fire)
    return done


def _report_ends(fire: Fire) -> None:
    """What was taken back becomes a finding, also where who did it died; closed when nothing of it is left to do."""
    ended = fire.brain.rows(EndedDeployment, "deployments_to_report")
    each(fire, "changes that were taken back", ended, partial(_report, fire), name=lambda one: f"C-{one.change_id}")
    over = fire.brain.rows(OverFinding, "takings_back_that_are_over")
    each(fire, "findings that are over", over, partial(_close, fire), name=lambda finding: f"F-{finding.id}")


def _name(one: ChangeDeployment) -> str:
    return f"C-{one.change_id}"


def _replaced(fire: Fire, standing: Sequence[ChangeDeployment]) -> dict[int, list[str]]:
    """By deployment, in what a deploy from outside replaced it. The newest layer holds all code changes before it."""
    in_force = [one for one in standing if one.status != "started"]
    code = [one for one in in_force if not one.page_of]
    layers = replaced_by_another(fire, code[-1]) if code else []
    found = {one.id: replaced_by_another(fire, one) if one.page_of else layers for one in in_force}
    return {number: names for number, names in found.items() if names}


def _settle(fire: Fire, replaced: Mapping[int, list[str]], one: ChangeDeployment) -> str:
    if one.going_back:
        return go_on_taking_back(fire, one)
    if one.status == "started":
        return "" if one.held_up_in == fire.session_id else _go_on(fire, one)
    if one.id in replaced:
        return _end_after_release(fire, one, replaced[one.id])
    if one.status == "kept":
        return ""
    if failures := _failures(fire, one):
        roll_back_deployment(fire, one, join_with_and(failures[:SHOWN]))
        return "rolled_back"
    evidence = fire.brain.row(WorkingEvidence, "evidence_since", deployment_id=one.id)
    assert evidence is not None, "a count always answers"
    if not evidence.is_enough:
        return ""
    rows = f", {counted(evidence.rows_in_force, 'row')} of it in force" if evidence.needs_rows else ""
    pages = f", {counted(evidence.pages, 'such page')} sent" if evidence.pages else ""
    reason = f"{counted(evidence.worked, 'fire')} worked{rows}{pages}"
    facts = {"worked": evidence.worked, "rows_read": evidence.rows_read, "rows_in_force": evidence.rows_in_force}
    facts |= {"pages_sent": evidence.pages} if evidence.pages is not None else {}
    note_step(fire, one, "kept", {"reason": reason, "evidence": facts})
    return "kept"


def _failures(fire: Fire, one: ChangeDeployment) -> list[str]:
    return [str(row["failure"]) for row in fire.brain.all("failures_since", deployment_id=one.id)]


def _go_on(fire: Fire, one: ChangeDeployment) -> str:
    """A deployment that was begun goes on where it stands; what cannot be deployed was taken back. Where AWS allows a
    call not now, a later fire goes on."""
    try:
        carry_out_deployment(fire, one, _change_of(fire, one.change_id).diff)
    except CannotDeploy:
        return "rolled_back"
    except Withdrawn:
        return "withdrawn"
    except HeldUp:
        return "held_up"
    _note_answer(fire, one.change_id, "deployed, and watched")
    return "deployed"


def _end_after_release(fire: Fire, one: ChangeDeployment, names: Sequence[str]) -> str:
    """The owner's deploy wins. Where her checkout had the change, it is in force by that, and nothing is lost."""
    roots = (functions_root(fire),) if one.page_of else roots_of(fire)
    if has_change(roots, _change_of(fire, one.change_id).diff):
        end_after_another(fire, one, "released", "your own deploy has it")
        return "released"
    end_after_another(fire, one, "undone", f"a deploy from outside replaced it in {join_with_and(names)}")
    return "undone"


def _report(fire: Fire, one: EndedDeployment) -> None:
    open_problem(fire, _rolled_back(one) if one.status == "rolled_back" else _undone(one))


def _rolled_back(one: EndedDeployment) -> Problem:
    """Its owner reads of it on the same day."""
    return Problem(
        fingerprint=f"rolled_back:C-{one.change_id}",
        kind="rolled_back",
        subject=one.subject,
        level="today",
        title=f"C-{one.change_id} was rolled back: {one.reason}"[:200],
        effect="what the change was to fix is as it was before it",
        evidence=one.figures,
    )


def _undone(one: EndedDeployment) -> Problem:
    return Problem(
        fingerprint=f"undone:C-{one.change_id}",
        kind="change_undone",
        subject=one.subject,
        title=f"your deploy undid C-{one.change_id}: {one.title}"[:200],
        effect="what the change fixed fails again",
        evidence=one.figures,
    )


def _close(fire: Fire, finding: OverFinding) -> None:
    fire.use(close_finding, finding_id=finding.id, resolution=finding.how)


def _change_of(fire: Fire, change_id: int) -> ChangeInFull:
    change = fire.brain.row(ChangeInFull, "change_in_full", change_id=change_id)
    assert change is not None, "a deployment and an order name a change"
    return change


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
    facts = try_change(fire, _change_of(fire, change_id))
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
