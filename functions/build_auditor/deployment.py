"""One deployment from its plan to its end. Killed anywhere, it goes on from its rows: each step asks what is there.

The order is what makes that so. The versions of before are kept first; then come the layer and the new versions, which
nobody invokes; the aliases move last. What cannot go on is taken back to the versions of before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from build_auditor import lambdas
from build_auditor.content import packed_layer
from build_auditor.lambdas import LiveFunction, refusal_of_aws
from company.errors import CompanyError, ToolError
from company.fire.fire import Fire
from company.json_values import JsonObject
from company.sandbox.diffs import DiffError


@dataclass(frozen=True)
class ChangeDeployment:
    """A deployment that is not over. functions: {name: {role, was, is}}, versions before and after; is comes later."""

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


class CannotDeploy(CompanyError):
    """A deployment that cannot reach its end; nothing of it is in force."""


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
    """From where it stands until it is live. CannotDeploy when it was taken back, with the reason."""
    try:
        one = _plan(fire, one)
        one = _publish_layer(fire, one, diff)
        for name in sorted(one.functions):
            one = _publish_function(fire, one, name)
        for name, versions in sorted(one.functions.items()):
            lambdas.move_alias(fire, name, versions["is"])
    except (DiffError, ToolError, CannotDeploy, refusal_of_aws()) as error:
        roll_back_deployment(fire, one, f"it could not be deployed: {error}")
        raise CannotDeploy(str(error)) from error
    note_step(fire, one, "live", {"functions": one.functions})
    return deployment(fire, one.id)


def roll_back_deployment(fire: Fire, one: ChangeDeployment, reason: str) -> list[str]:
    """Every alias back where it was, if it is still where this deployment put it; the names of those moved."""
    moved = []
    for name, versions in sorted(one.functions.items()):
        if "is" in versions and lambdas.version_of(fire, name) == versions["is"]:
            lambdas.move_alias(fire, name, versions["was"])
            moved.append(name)
    for name, versions in sorted(one.functions.items()):
        if lambdas.version_of(fire, name) == versions["was"]:
            lambdas.restore_newest(fire, name, versions["was"])
    note_step(fire, one, "rolled_back", {"reason": reason, "moved": moved})
    return moved


def undone_by_another(fire: Fire, one: ChangeDeployment) -> list[str]:
    """The functions whose live version has no layer of changes any more: a deploy from outside won."""
    own = f":layer:{lambdas.layer_name(fire)}:"
    return [name for name in sorted(one.functions) if not any(own in layer for layer in lambdas.layers_of(fire, name))]


def note_step(fire: Fire, one: ChangeDeployment, step: str, facts: JsonObject) -> None:
    """A step that was done, in a commit of its own."""
    fire.brain.run("note_deployment", deployment_id=one.id, session_id=fire.session_id, step=step, facts=facts)
    fire.learn("deployed", f"C-{one.change_id}: {step.replace('_', ' ')}", change_id=one.change_id, step=step)


def _plan(fire: Fire, one: ChangeDeployment) -> ChangeDeployment:
    """Keeps which version each alias points to, before anything is changed."""
    if one.functions:
        return one
    found = lambdas.live_functions(fire)
    if not found:
        raise CannotDeploy("no schedule invokes the alias live")
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
    live = LiveFunction(name, versions["role"], versions["was"], lambdas.layers_of(fire, name))
    published = {**versions, "is": lambdas.publish_version(fire, live, one.layer_arn)}
    note_step(fire, one, "function_published", {"functions": {name: published}})
    return replace(one, functions={**one.functions, name: published})
