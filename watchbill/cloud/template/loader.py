"""Creates the template's resources one by one in the cloud on the desk.

An unknown resource type or property is an error that names it; an invalid schedule never reaches the cloud; and
afterwards the cloud has what the template lists.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from company.aws.mail import sender_of
from company.json_values import JsonObject
from company.settings import written_settings
from company.watch.expressions import InvalidExpression
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.mail import verify_sender
from watchbill.cloud.rights import Statement, read_statements
from watchbill.cloud.runtime import FunctionSpec
from watchbill.cloud.template.build import THIRD_PARTY_LAYER
from watchbill.cloud.template.created_resources import verify
from watchbill.cloud.template.intrinsics import Resolver, Unresolved
from watchbill.cloud.template.resources import CREATORS
from watchbill.cloud.template.stack_target import CreatedResource, Properties, StackTarget
from watchbill.cloud.template.translation import CUSTOM, Resource, Stack, read_stack, resolve_parameters
from watchbill.errors import DeskError


@dataclass(frozen=True)
class DeployedFunction:
    """A function, and what Lambda does when an asynchronous run of it fails."""

    spec: FunctionSpec
    role: str
    arn: str
    retries: int
    max_event_age_seconds: int
    on_failure_queue_url: str | None

    @property
    def name(self) -> str:
        return self.spec.name


ANSWERED_LATER = {"Answers": "answers of the desk"}
"""What others may ask of a custom resource; the desk invokes its function when everything else is there."""


@dataclass(frozen=True)
class CustomResource:
    """A custom resource, created by a function of ours; the desk invokes it as CloudFormation would."""

    logical_id: str
    function: str
    properties: Properties


@dataclass(frozen=True)
class Deployed:
    """What is in the cloud now. `resources` maps each logical id to its type and what Ref gives for it."""

    stack_name: str
    functions: tuple[DeployedFunction, ...]
    custom: tuple[CustomResource, ...]
    resources: Mapping[str, tuple[str, str]]

    def refs(self, type_name: str) -> list[str]:
        """What Ref gives for every resource of a type, in the template's order."""
        return [ref for kind, ref in self.resources.values() if kind == type_name]

    @property
    def schedule_group(self) -> str:
        return self.refs("AWS::Scheduler::ScheduleGroup")[0]

    @property
    def bucket(self) -> str:
        return self.refs("AWS::S3::Bucket")[0]

    def function(self, role: str) -> DeployedFunction:
        for function in self.functions:
            if function.role == role:
                return function
        raise DeskError(
            f"no function of role {role} is deployed; there are {', '.join(f.role for f in self.functions)}"
        )


BeginCustom = Callable[[CustomResource, FunctionSpec], None]
"""Begins a custom resource, of which everything that it needs exists; the rest is made beside it."""


def deploy(
    cloud: LocalAws,
    template: Path,
    parameters: Mapping[str, str],
    cache: Path,
    begin_custom: BeginCustom | None = None,
) -> Deployed:
    """Creates everything that the template lists; `cache` keeps translations between runs."""
    stack = read_stack(template, cache)
    values = resolve_parameters(stack, parameters)
    work = _Deployment(cloud, stack, values)
    for resource in stack.in_order():
        work.create(resource)
        if begin_custom is not None and resource.type.startswith(CUSTOM):
            _begin(work, begin_custom)
    verify(cloud, stack, work.created)
    cloud.enforce(_rights(work))
    for sender in _senders(values):
        verify_sender(cloud, sender_of(sender)[1])
    return Deployed(
        stack_name=work.target.stack_name,
        functions=_functions(work),
        custom=tuple(work.custom),
        resources={name: (stack.resources[name].type, made.ref) for name, made in work.created.items()},
    )


def _begin(work: _Deployment, begin_custom: BeginCustom) -> None:
    """The last custom resource, whose function may do already what its policies say, and no more."""
    custom = work.custom[-1]
    work.cloud.enforce(_rights(work))
    begin_custom(custom, next(made.spec for made in _functions(work) if made.name == custom.function))


def _senders(values: Mapping[str, object]) -> list[str]:
    """Who mail may come from, as an owner would have verified it: MAIL_FROM in Settings, else the owner."""
    written = written_settings(str(values.get("Settings", "")))
    sender = written.get("MAIL_FROM") or values.get("MailFrom") or values.get("OwnerEmail")
    return [str(sender)] if sender else []


@dataclass
class _Deployment:
    """One deployment in progress: later resources may refer to what exists already."""

    cloud: LocalAws
    stack: Stack
    values: dict[str, object]
    created: dict[str, CreatedResource] = field(default_factory=dict)
    resolved: dict[str, Properties] = field(default_factory=dict)
    custom: list[CustomResource] = field(default_factory=list)
    target: StackTarget = field(init=False)
    resolver: Resolver = field(init=False)
    _known: Properties = field(default_factory=dict)
    _attributes: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        name = str(self.values.get("Company", "company"))
        self.target = StackTarget(self.cloud, name)
        self._known |= self.values | _pseudo_parameters(self.cloud, name)
        self.resolver = Resolver(self._known, self._attributes, self.stack.conditions)

    def create(self, resource: Resource) -> None:
        if resource.condition is not None and not self.resolver.holds(resource.condition):
            return
        properties = self._resolve(resource)
        self.resolved[resource.logical_id] = copy.deepcopy(properties)
        made = self._custom(resource, properties) or self._plain(resource, properties)
        self.created[resource.logical_id] = made
        self._known[resource.logical_id] = made.ref
        self._attributes[resource.logical_id] = made.attributes

    def _resolve(self, resource: Resource) -> Properties:
        try:
            properties: Properties = self.resolver.resolve(resource.properties)
        except Unresolved as error:
            raise self._refused(resource, str(error)) from error
        return properties

    def _custom(self, resource: Resource, properties: Properties) -> CreatedResource | None:
        if not resource.type.startswith(CUSTOM):
            return None
        function = str(properties.pop("ServiceToken")).rsplit(":", 1)[-1]
        self.custom.append(CustomResource(resource.logical_id, function, properties))
        return CreatedResource(resource.logical_id, ANSWERED_LATER)

    def _plain(self, resource: Resource, properties: Properties) -> CreatedResource:
        create = CREATORS.get(resource.type)
        if create is None:
            raise self._refused(
                resource,
                "the desk's loader does not know this type: add it to watchbill.cloud.template.resources, or remove it",
            )
        try:
            made = create(self.target, resource.logical_id, properties)
        except InvalidExpression as error:
            raise self._refused(resource, f"schedule {properties.get('Name', resource.logical_id)}: {error}") from error
        except KeyError as error:
            raise self._refused(resource, f"lacks the property {error}") from error
        except _client_errors() as error:
            raise self._refused(resource, str(error)) from error
        if properties:
            raise self._refused(
                resource, f"the desk's loader does not know its property {', '.join(sorted(properties))}"
            )
        return made

    def _refused(self, resource: Resource, reason: str) -> DeskError:
        return DeskError(f"{self.stack.path}: {resource.logical_id} ({resource.type}): {reason}")


def _client_errors() -> tuple[type[Exception], ...]:
    from botocore.exceptions import BotoCoreError, ClientError

    return (BotoCoreError, ClientError)


def _pseudo_parameters(cloud: LocalAws, stack_name: str) -> dict[str, str]:
    return {
        "AWS::AccountId": cloud.account,
        "AWS::Partition": "aws",
        "AWS::Region": cloud.region,
        "AWS::StackName": stack_name,
        "AWS::StackId": f"arn:aws:cloudformation:{cloud.region}:{cloud.account}:stack/{stack_name}/desk",
        "AWS::URLSuffix": "amazonaws.com",
    }


def _functions(work: _Deployment) -> tuple[DeployedFunction, ...]:
    """In the order of names, so that every run handles them in the same order."""
    kinds = {name: work.stack.resources[name].type for name in work.created}
    retries = {
        work.resolved[name]["FunctionName"]: work.resolved[name]
        for name, kind in kinds.items()
        if kind == "AWS::Lambda::EventInvokeConfig"
    }
    found = [
        _function(work, name, retries.get(work.created[name].ref, {}))
        for name, kind in kinds.items()
        if kind == "AWS::Lambda::Function"
    ]
    return tuple(sorted(found, key=lambda function: function.name))


def _function(work: _Deployment, logical_id: str, retry: JsonObject) -> DeployedFunction:
    """Without an EventInvokeConfig Lambda's defaults apply: two retries within six hours, no queue."""
    properties, made = work.resolved[logical_id], work.created[logical_id]
    environment = {key: str(value) for key, value in properties["Environment"]["Variables"].items()}
    failures = retry.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    return DeployedFunction(
        spec=FunctionSpec(
            name=made.ref,
            handler=properties["Handler"],
            timeout_seconds=properties.get("Timeout", 3),
            memory_mb=properties.get("MemorySize", 128),
            environment=environment,
            layers=_own_layers(work, properties.get("Layers", [])),
            log_group=properties.get("LoggingConfig", {}).get("LogGroup"),
        ),
        role=environment.get("ROLE", made.ref),
        arn=made.attributes["Arn"],
        retries=retry.get("MaximumRetryAttempts", 2),
        max_event_age_seconds=retry.get("MaximumEventAgeInSeconds", 21600),
        on_failure_queue_url=_ref_with_arn(work, failures),
    )


def _rights(work: _Deployment) -> dict[str, tuple[Statement, ...]]:
    """What each function may do by the policies of its role; AWS's own policies (to log) are asked for nothing here."""
    shared = {
        made.ref: work.resolved[name]["PolicyDocument"]
        for name, made in work.created.items()
        if work.stack.resources[name].type == "AWS::IAM::ManagedPolicy"
    }
    by_role = {}
    for name, made in work.created.items():
        if work.stack.resources[name].type == "AWS::IAM::Role":
            role = work.resolved[name]
            own = [policy["PolicyDocument"] for policy in role.get("Policies", [])]
            by_role[made.attributes["Arn"]] = [
                *own,
                *(shared[arn] for arn in role.get("ManagedPolicyArns", ()) if arn in shared),
            ]
    return {
        made.ref: read_statements(by_role.get(str(work.resolved[name].get("Role")), ()))
        for name, made in work.created.items()
        if work.stack.resources[name].type == "AWS::Lambda::Function"
    }


def _own_layers(work: _Deployment, arns: list[str]) -> tuple[str, ...]:
    """The folders of layers/ that a function uses; third-party code and SQL are provided separately."""
    folders = {
        made.ref: Path(work.stack.resources[name].properties["Content"]["S3Key"])
        for name, made in work.created.items()
        if work.stack.resources[name].type == "AWS::Lambda::LayerVersion"
    }
    ours = [folders[arn] for arn in arns if arn in folders and folders[arn].parent.name == "layers"]
    return tuple(folder.name for folder in ours if folder.name != THIRD_PARTY_LAYER)


def _ref_with_arn(work: _Deployment, arn: str | None) -> str | None:
    return next((made.ref for made in work.created.values() if arn and made.attributes.get("Arn") == arn), None)
