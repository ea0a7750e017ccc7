"""A mail is handed to SES once; whether it was taken is known, or said to be in doubt."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from company.aws import clients, mail

TAKEN = b'{"MessageId": "m-1"}'


class Ses:
    """SES on loopback: answers in their order, each a status and a body; None cuts the connection."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes] | None] = []
        self.asked = 0

    def fire(self, address: str, mail_from: str = "us@example.invalid") -> Any:
        client = clients._make(
            "sesv2", endpoint_url=address, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        return SimpleNamespace(
            settings=SimpleNamespace(mail_set="", mail_from=mail_from),
            cloud=SimpleNamespace(client=lambda _: client),
            budget=SimpleNamespace(seconds_left=lambda: 100.0),
        )


@pytest.fixture
def ses() -> Ses:
    return Ses()


@pytest.fixture
def fire(ses: Ses) -> Iterator[Any]:
    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            ses.asked += 1
            self.rfile.read(int(self.headers["Content-Length"]))
            answer = ses.answers.pop(0)
            if answer is None:
                return
            self.send_response(answer[0])
            self.send_header("Content-Length", str(len(answer[1])))
            self.end_headers()
            self.wfile.write(answer[1])

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield ses.fire(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


def send(fire: Any) -> str:
    return mail.send_mail(fire, outbox_id=1, to="a@example.invalid", subject="s", text="t")


@pytest.mark.parametrize("answer", [(500, b"{}"), (503, b"{}"), None, (200, b"<html>"), (200, b"{}")])
def test_what_failed_while_ses_had_it_is_in_doubt_and_handed_over_once(
    ses: Ses, fire: Any, answer: tuple[int, bytes] | None
) -> None:
    ses.answers = [answer, (200, TAKEN), (200, TAKEN)]

    with pytest.raises(mail.MailInDoubt):
        send(fire)

    assert ses.asked == 1


def test_what_ses_refuses_is_no_doubt(ses: Ses, fire: Any) -> None:
    ses.answers = [(400, b'{"message": "Email address is not verified"}')]

    with pytest.raises(ClientError, match="not verified"):
        send(fire)


def test_an_address_that_nobody_listens_at_is_no_doubt(ses: Ses) -> None:
    with pytest.raises(Exception, match="Could not connect") as raised:
        send(ses.fire("http://127.0.0.1:9"))

    assert not isinstance(raised.value, mail.MailInDoubt)


def test_too_many_in_a_second_are_tried_again(ses: Ses, fire: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("company.aws.mail.sleep", waits.append)
    ses.answers = [(429, b"{}"), (429, b"{}"), (200, TAKEN), (429, b"{}"), (429, b"{}"), (429, b"{}")]

    first = send(fire)
    with pytest.raises(ClientError):
        send(fire)

    assert (first, ses.asked, waits) == ("m-1", 6, [1, 2, 1, 2])


@pytest.mark.parametrize(
    ("mail_from", "address", "header"),
    [
        ("us@example.com", "us@example.com", "us@example.com"),
        (" us@example.com ", "us@example.com", "us@example.com"),
        ("PatchFirst <us@example.com>", "us@example.com", "PatchFirst <us@example.com>"),
        ('"Patch, First" <us@example.com>', "us@example.com", '"Patch, First" <us@example.com>'),
        ("Patch, First <us@example.com>", "us@example.com", '"Patch, First" <us@example.com>'),
        ("Zoë <us@example.com>", "us@example.com", "=?utf-8?q?Zo=C3=AB?= <us@example.com>"),
        ("<us@example.com>", "us@example.com", "us@example.com"),
        ('Zoe "Zed" <us@example.com>', "us@example.com", '"Zoe \\"Zed\\"" <us@example.com>'),
        ('"Zoe \\"Zed\\"" <us@example.com>', "us@example.com", '"Zoe \\"Zed\\"" <us@example.com>'),
        ('"Zoë, \\"Zed\\"" <us@example.com>', "us@example.com", "=?utf-8?b?Wm/DqywgIlplZCI=?= <us@example.com>"),
        ("A\r\nBcc: x@y.z <us@example.com>", "us@example.com", '"A Bcc: x@y.z" <us@example.com>'),
    ],
)
def test_a_sender_may_have_a_name(mail_from: str, address: str, header: str) -> None:
    assert mail.sender_of(mail_from)[1] == address
    assert mail._as_header(mail_from) == header
