"""The desk's function URL: HTTP on loopback goes to the handler as payload format 2.0, and back."""

import base64

import urllib3

from company.json_values import JsonObject
from watchbill.cloud.function_urls import MOST_BODY, desk_address, serving


def test_a_request_reaches_the_handler_as_lambda_would_bring_it() -> None:
    seen: list[JsonObject] = []

    def handler(event: JsonObject) -> JsonObject:
        seen.append(event)
        return {"statusCode": 201, "headers": {"x-a": "b"}, "cookies": ["c=1; Path=/"], "body": "é"}

    with serving(handler, 0) as port:
        answer = urllib3.request(
            "POST", desk_address(port) + "d/x?q=1", body=b"option=yes", headers={"Cookie": "a=1; b=2", "X-Y": "z"}
        )

    [event] = seen
    assert (event["version"], event["rawPath"], event["rawQueryString"]) == ("2.0", "/d/x", "q=1")
    assert (event["cookies"], event["headers"]["x-y"]) == (["a=1", "b=2"], "z")
    assert event["requestContext"]["http"]["method"] == "POST"
    assert base64.b64decode(event["body"]) == b"option=yes"
    assert (answer.status, answer.headers["x-a"], answer.headers["set-cookie"]) == (201, "b", "c=1; Path=/")
    assert answer.data.decode() == "é"


def test_a_body_larger_than_lambda_takes_never_reaches_the_handler() -> None:
    with serving(lambda event: {}, 0) as port:
        answer = urllib3.request("POST", desk_address(port), headers={"Content-Length": str(MOST_BODY + 1)})

    assert answer.status == 413
