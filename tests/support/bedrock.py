"""Bedrock's runtime on loopback, as the SDK's Bedrock client speaks to it: the model in the path, IAM's signature."""

import re
from urllib.parse import unquote

from tests.support.messages_api import Body, Fails, MessagesHandler

PATH = re.compile(r"/model/([^/]+)/invoke")
SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=\w+/\d{8}/(?P<region>[\w-]+)/bedrock/aws4_request, SignedHeaders=.*")
ERRORS = {
    400: "ValidationException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    408: "ModelTimeoutException",
    424: "ModelErrorException",
    429: "ThrottlingException",
    500: "InternalServerException",
    503: "ServiceUnavailableException",
}


class BedrockHandler(MessagesHandler):
    """The same script in Amazon's protocol. The script gets each ask's body with model and region added."""

    def ask(self, body: Body) -> Body:
        path, signed = PATH.fullmatch(self.path), SIGNED.fullmatch(self.headers["authorization"])
        assert path is not None, f"{self.path} is no invocation of a model"
        assert signed is not None, "the ask is not signed for Bedrock"
        assert self.headers["x-amz-date"] and "x-api-key" not in self.headers
        assert "model" not in body and "anthropic_version" in body
        return {**body, "model": unquote(path[1]), "region": signed["region"]}

    def as_message(self, body: Body) -> Body:
        return {name: part for name, part in self.ask(body).items() if name not in ("region", "anthropic_version")}

    def error(self, fails: Fails) -> Body:
        self.close_connection = True
        return {"__type": ERRORS.get(fails.status, "InternalServerException"), "message": fails.message}
