"""Lambda's API as AWS answers it, over moto, which takes every call at once: what is not settled yet is refused.

From AWS's own pages: an update goes on after its call has returned, and until it is over no other and no new version
is taken (ResourceConflictException); a new version is Pending before it is Active, and a Pending one is not invoked; a
RevisionId that is not the present one is refused (PreconditionFailedException); a function has at most five layers; an
archive in the call has at most 50 MB, a layer 250 MB when it is unpacked.
"""

import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

SETTLES_AFTER = 2
"""So many times a question is answered by InProgress or Pending."""
MOST_LAYERS = 5
MOST_IN_CALL, MOST_UNPACKED = 50 << 20, 250 << 20
OF_REVISION = ("Layers", "Timeout", "MemorySize", "CodeSha256", "Environment")


@dataclass
class StrictCloud:
    """A cloud whose Lambda is strict. real: the same cloud as others use it, who wait as CloudFormation does."""

    real: Any
    strict: "StrictLambda" = field(init=False)

    def __post_init__(self) -> None:
        self.strict = StrictLambda(self.real.client("lambda"))

    def client(self, service: str) -> Any:
        return self.strict if service == "lambda" else self.real.client(service)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


@dataclass
class StrictLambda:
    """before: what happens outside in the moment before a call. gone: deleted versions; moto gives their numbers on.

    not_invoked: versions that an alias was moved to before they were Active.
    """

    real: Any
    before: dict[str, Callable[[], None]] = field(default_factory=dict)
    ends_as: str = "Active"
    gone: set[str] = field(default_factory=set)
    not_invoked: list[str] = field(default_factory=list)
    unsettled: Counter[str] = field(default_factory=Counter)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def get_function_configuration(self, **given: Any) -> dict[str, Any]:
        if f"{given['FunctionName']}:{given.get('Qualifier')}" in self.gone:
            answer = {"Error": {"Code": "ResourceNotFoundException", "Message": "Function not found"}}
            raise self.real.exceptions.ResourceNotFoundException(answer, "GetFunctionConfiguration")
        found: dict[str, Any] = dict(self.real.get_function_configuration(**given))
        name = f"{given['FunctionName']}:{found['Version']}"
        is_unsettled = self.unsettled[name] > 0
        self.unsettled[name] -= is_unsettled
        if found["Version"] == "$LATEST":
            return {
                **found,
                "LastUpdateStatus": "InProgress" if is_unsettled else "Successful",
                "RevisionId": _revision(found),
            }
        return {**found, "State": "Pending" if is_unsettled else self.ends_as}

    def update_function_configuration(self, *, FunctionName: str, RevisionId: str = "", **more: Any) -> Any:
        self._change("update_function_configuration", FunctionName, RevisionId)
        if len(more.get("Layers", ())) > MOST_LAYERS:
            raise refused("InvalidParameterValueException", "Cannot reference more than 5 layers.")
        done = self.real.update_function_configuration(FunctionName=FunctionName, **more)
        self.unsettled[f"{FunctionName}:$LATEST"] = SETTLES_AFTER
        return done

    def publish_version(self, *, FunctionName: str, RevisionId: str = "", **more: Any) -> Any:
        self._change("publish_version", FunctionName, RevisionId)
        known = {v["Version"] for v in self.real.list_versions_by_function(FunctionName=FunctionName)["Versions"]}
        done = self.real.publish_version(FunctionName=FunctionName, **more)
        if done["Version"] not in known:
            self.unsettled[f"{FunctionName}:{done['Version']}"] = SETTLES_AFTER
        return done

    def get_alias(self, **given: Any) -> dict[str, Any]:
        found = self.real.get_alias(**given)
        return {**found, "RevisionId": f"at {found['FunctionVersion']}"}

    def update_alias(self, *, FunctionName: str, Name: str, RevisionId: str = "", **more: Any) -> Any:
        self._happens("update_alias")
        if RevisionId and RevisionId != self.get_alias(FunctionName=FunctionName, Name=Name)["RevisionId"]:
            raise refused("PreconditionFailedException", "the RevisionId is not the latest")
        version = f"{FunctionName}:{more['FunctionVersion']}"
        self.not_invoked += [version] if self.unsettled[version] > 0 else []
        return self.real.update_alias(FunctionName=FunctionName, Name=Name, **more)

    def publish_layer_version(self, *, Content: dict[str, Any], **more: Any) -> Any:
        body = Content.get("ZipFile", b"")
        if len(body) > MOST_IN_CALL:
            raise refused("RequestEntityTooLargeException", "Request must be smaller than 52428800 bytes")
        if body and sum(one.file_size for one in zipfile.ZipFile(io.BytesIO(body)).infolist()) > MOST_UNPACKED:
            raise refused("InvalidParameterValueException", "Unzipped size must be smaller than 262144000 bytes")
        return self.real.publish_layer_version(Content=Content, **more)

    def _change(self, call: str, name: str, revision: str) -> None:
        self._happens(call)
        if self.unsettled[f"{name}:$LATEST"] > 0:
            raise refused("ResourceConflictException", f"An update is in progress for resource: {name}")
        if revision and revision != _revision(self.real.get_function_configuration(FunctionName=name)):
            raise refused("PreconditionFailedException", "the RevisionId is not the latest")

    def _happens(self, call: str) -> None:
        """Once."""
        self.before.pop(call, lambda: None)()


def _revision(found: dict[str, Any]) -> str:
    text = json.dumps({name: found.get(name) for name in OF_REVISION}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def refused(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Lambda")
