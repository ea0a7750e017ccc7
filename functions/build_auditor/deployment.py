"""One deployment from its plan to its end. Killed anywhere, it goes on from its rows: each step asks what is there.

The order is what makes that so. The versions of before are kept first; then come the layer and the new versions, which
nobody invokes; the aliases move last. What cannot go on is taken back to the versions of before. It is withdrawn, to
begin anew, where nothing of it failed: its owner closed the action, or her own deploy came in between.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from build_auditor import lambdas
from build_auditor.content import packed_layer
from build_auditor.updates import AnotherDeploys, is_not_allowed, refusal_of_aws
from company.errors import CompanyError, Refused, ToolError
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.sandbox.diffs import DiffError, apply_diff, part_of
from company.sandbox.pages import page_file, page_in_force, split_page

LEAVE = "a_deployment_has_the_owners_approval"
"""The rule by which the brain refuses to go on when the owner has closed the action."""
HELD_UP_FOR = timedelta(hours=1)
"""A deploy that replaces a policy takes the rights away for some seconds; what lasts longer is a right that lacks."""


@dataclass(frozen=True)
class ChangeDeployment:
    """A deployment that is not over. functions: {name: {role, was, is}}, versions before and after; is comes later.

    page_of: whose page the change is of, if it is none of code; then the one function is that page.
    going_back: of one that somebody has begun to take back, how it is to end, and the reason.
    held_up_at: when AWS first did not allow a call of it; held_up_in: the session in which it last did not.
    """

    id: int
    change_id: int
    subject: str
    title: str
    status: str
    started_at: datetime
    live_at: datetime | None
    layer_arn: str | None
    layer_sha256: str | None
    functions: Mapping[str, Mapping[str, str]]
    page_of: str | None
    going_back: Mapping[str, str] | None
    held_up_at: datetime | None
    held_up_in: int | None


class CannotDeploy(CompanyError):
    """A deployment that cannot reach its end; nothing of it is in force."""


class HeldUp(CompanyError):
    """A call that AWS does not allow now; the deployment stays where it is, and the next fire goes on with it."""


class Withdrawn(CompanyError):
    """A deployment that its owner stopped on its way; nothing of it is in force, and it may begin anew."""


def deployments_in_force(fire: Fire) -> list[ChangeDeployment]:
    """Under way, watched, or kept; the oldest first."""
    return fire.brain.rows(ChangeDeployment, "deployments_in_force")


def deployment(fire: Fire, deployment_id: int) -> ChangeDeployment:
    return next(one for one in deployments_in_force(fire) if one.id == deployment_id)


def begin_deployment(fire: Fire, change_id: int) -> ChangeDeployment:
    """Begins a deployment; Refused while another is not settled, or without the owner's approval."""
    started = fire.brain.value("start_deployment", change_id=change_id, session_id=fire.session_id)
    return deployment(fire, started)


def carry_out_deployment(fire: Fire, one: ChangeDeployment, diff: str) -> ChangeDeployment:
    """From where it stands until it is live. CannotDeploy or Withdrawn when it was taken back, with the reason; HeldUp
    when the next fire goes on."""
    if one.page_of:
        _put_page(fire, one, one.page_of, diff)
        return deployment(fire, one.id)
    try:
        one = _plan(fire, one)
        one = _publish_layer(fire, one, diff)
        for name in sorted(one.functions):
            one = _publish_function(fire, one, name)
        _ask_leave_to_move(fire, one)
        for name, versions in sorted(one.functions.items()):
            lambdas.move_alias(fire, name, versions["is"], seen=[versions["was"]])
    except (Withdrawn, AnotherDeploys) as error:
        _take_back(fire, one, "withdrawn", str(error))
        raise Withdrawn(str(error)) from error
    except (DiffError, ToolError, CannotDeploy, refusal_of_aws()) as error:
        if is_not_allowed(error) and fire.now - (one.held_up_at or fire.now) < HELD_UP_FOR:
            note_step(fire, one, "held_up", {"reason": str(error)})
            raise HeldUp(str(error)) from error
        roll_back_deployment(fire, one, f"it could not be deployed: {error}")
        raise CannotDeploy(str(error)) from error
    note_step(fire, one, "live", {"functions": one.functions})
    return deployment(fire, one.id)


def roll_back_deployment(fire: Fire, one: ChangeDeployment, reason: str) -> list[str]:
    """Every alias back where it was, if it still fires this deployment's layer; the names of those moved."""
    return _take_back(fire, one, "rolled_back", reason)


def replaced_by_another(fire: Fire, one: ChangeDeployment) -> list[str]:
    """The functions whose live version has no layer of changes any more, or the page: a deploy from outside won."""
    if one.page_of:
        return [] if fire.brain.value("page_is_as_deployed", deployment_id=one.id) else sorted(one.functions)
    own = f":layer:{lambdas.layer_name(fire)}:"
    return [name for name in sorted(one.functions) if not any(own in layer for layer in lambdas.layers_of(fire, name))]


def end_after_another(fire: Fire, one: ChangeDeployment, step: str, reason: str) -> None:
    """A deploy from outside replaced it: what that left of it is taken back too, so that it is in force nowhere."""
    _take_back(fire, one, step, reason)


def go_on_taking_back(fire: Fire, one: ChangeDeployment) -> str:
    """What somebody had begun, to the end that was meant; that end."""
    assert one.going_back is not None, "it is called for one that is on its way back"
    _take_back(fire, one, one.going_back["end"], one.going_back["reason"])
    return one.going_back["end"]


def _take_back(fire: Fire, one: ChangeDeployment, step: str, reason: str) -> list[str]:
    """The reason is kept first: half of the way back looks like another's deploy."""
    if one.page_of:
        return _take_back_page(fire, one, step, reason)
    if one.going_back is None:
        note_step(fire, one, "taking_back", {"end": step, "reason": reason})
    moved = [name for name, versions in sorted(one.functions.items()) if _move_back(fire, one, name, versions)]
    if one.layer_arn:
        for name in sorted(one.functions):
            lambdas.restore_newest(fire, name, one.layer_arn)
    note_step(fire, one, step, {"reason": reason, "moved": moved})
    return moved


def _move_back(fire: Fire, one: ChangeDeployment, name: str, versions: Mapping[str, str]) -> bool:
    """False where the alias fires nothing of this deployment: it never came there, or another deploy replaced it.

    A deploy that took only new code has published the layer of changes once more, under a version of its own.
    """
    live = lambdas.version_of(fire, name)
    if live == versions.get("is"):
        lambdas.move_alias(fire, name, versions["was"], seen=[live])
        return True
    layers = lambdas.layers_of(fire, name)
    if live in ("", versions["was"]) or one.layer_arn not in layers:
        return False
    back = lambdas.replace_layer(fire, lambdas.live_function(fire, name, versions["role"]), versions["was"])
    lambdas.move_alias(fire, name, back, seen=[live])
    return True


def note_step(fire: Fire, one: ChangeDeployment, step: str, facts: JsonObject) -> None:
    """A step that was done, in a commit of its own."""
    fire.brain.run("note_deployment", deployment_id=one.id, session_id=fire.session_id, step=step, facts=facts)
    fire.learn("deployed", f"C-{one.change_id}: {step.replace('_', ' ')}", change_id=one.change_id, step=step)


def _put_page(fire: Fire, one: ChangeDeployment, role: str, diff: str) -> None:
    """The page's text and the step in one transaction: there is nothing to resume."""
    try:
        _, text = split_page(apply_diff(page_in_force(fire, role), part_of(diff, page_file(role))))
        fire.brain.run("put_page", deployment_id=one.id, session_id=fire.session_id, text=text.strip())
    except Refused as error:
        _take_back(fire, one, "withdrawn" if error.rule == LEAVE else "rolled_back", str(error))
        raise (Withdrawn if error.rule == LEAVE else CannotDeploy)(str(error)) from error
    except (DiffError, ToolError) as error:
        roll_back_deployment(fire, one, f"it could not be deployed: {error}")
        raise CannotDeploy(str(error)) from error
    fire.learn("deployed", f"C-{one.change_id}: live", change_id=one.change_id, step="live")


def _take_back_page(fire: Fire, one: ChangeDeployment, step: str, reason: str) -> list[str]:
    given = {"deployment_id": one.id, "session_id": fire.session_id, "step": step, "reason": reason}
    return sorted(one.functions) if fire.brain.value("take_back_page", **given) else []


def _ask_leave_to_move(fire: Fire, one: ChangeDeployment) -> None:
    """The last moment at which the owner's closing stops it: from here on it is live, and taken back by order only."""
    try:
        note_step(fire, one, "moving", {})
    except Refused as error:
        if error.rule != LEAVE:
            raise
        raise Withdrawn(f"deploy is not open any more: {error}") from error


def _plan(fire: Fire, one: ChangeDeployment) -> ChangeDeployment:
    """Keeps which version each alias points to, before anything is changed."""
    if one.functions:
        return one
    found = lambdas.live_functions(fire)
    if not found:
        raise CannotDeploy("no schedule invokes the alias live")
    for function in found:
        lambdas.require_nothing_half_deployed(fire, function)
    planned = {function.name: {"role": function.role, "was": function.version} for function in found}
    note_step(fire, one, "planned", {"functions": planned})
    return replace(one, functions=planned)


def _publish_layer(fire: Fire, one: ChangeDeployment, diff: str) -> ChangeDeployment:
    if one.layer_arn is not None:
        return one
    body, sha256 = packed_layer(fire, diff)
    arn = lambdas.publish_layer(fire, one.change_id, body, sha256)
    note_step(fire, one, "layer_published", {"layer_arn": arn, "layer_sha256": sha256, "bytes": len(body)})
    return replace(one, layer_arn=arn, layer_sha256=sha256)


def _publish_function(fire: Fire, one: ChangeDeployment, name: str) -> ChangeDeployment:
    """One function's new version; one that was published and not noted is published again, which harms nothing."""
    versions = one.functions[name]
    if "is" in versions:
        return one
    assert one.layer_arn is not None, "the layer is published before the functions"
    live = lambdas.live_function(fire, name, versions["role"])
    lambdas.require_nothing_half_deployed(fire, live)
    published = {**versions, "is": lambdas.publish_version(fire, live, one.layer_arn)}
    note_step(fire, one, "function_published", {"functions": {name: published}})
    return replace(one, functions={**one.functions, name: published})
