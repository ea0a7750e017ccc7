"""Attacks the seal: with any variables in an owner's shell the desk can reach only loopback."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from watchbill.cloud.aws import desk_cloud, is_loopback
from watchbill.cloud.seal import seal, sealed_environment

LEADS_OUTSIDE = [
    "AWS_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_ENDPOINT_URL_S3", "AWS_CA_BUNDLE", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy",
    "PGHOST", "PGPASSWORD", "PGSERVICE", "PGSSLKEY", "XDG_RUNTIME_DIR", "BRAIN_DSN", "BRAIN_PASSWORD", "DATABASE_URL",
    "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "OPENAI_API_KEY", "GITHUB_TOKEN",
    "SLACK_BOT_TOKEN", "TWITTER_API_SECRET", "STRIPE_SECRET_KEY", "SMTP_PASSWORD", "FEED_TIDES_URL", "FEED_PROXIES",
    "MOTO_PORT", "LOCALSTACK_HOST", "PIP_INDEX_URL", "SSH_AUTH_SOCK", "SOMETHING_NOBODY_THOUGHT_OF",
]  # fmt: skip


class ConnectionTrap:
    """A server that counts its connections; the owner's keys and addresses all point at it."""

    def __init__(self) -> None:
        self.contacts: list[str] = []
        trap = self

        class TrapHandler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                trap.contacts.append(self.requestline)
                self.send_error(500)

            do_POST = do_PUT = do_CONNECT = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), TrapHandler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@contextmanager
def set_trap() -> Iterator[ConnectionTrap]:
    trap = ConnectionTrap()
    thread = Thread(target=trap.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield trap
    finally:
        trap.server.shutdown()
        thread.join()
        trap.server.server_close()


def owners_shell(trap: ConnectionTrap, home: Path) -> dict[str, str]:
    """Real-looking keys, a profile with an endpoint, proxies and tokens, all leading to the trap."""
    aws = home / "config"
    aws.write_text(
        f"[profile live]\nregion = eu-west-1\nendpoint_url = {trap.url}\n[default]\nendpoint_url = {trap.url}\n"
    )
    keys = home / "credentials"
    keys.write_text("[live]\naws_access_key_id = AKIAREALLOOKINGKEY00\naws_secret_access_key = real\n")
    address = trap.url.removeprefix("http://")
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ},
        "AWS_PROFILE": "live",
        "AWS_CONFIG_FILE": str(aws),
        "AWS_SHARED_CREDENTIALS_FILE": str(keys),
        "AWS_ACCESS_KEY_ID": "AKIAREALLOOKINGKEY00",
        "AWS_SECRET_ACCESS_KEY": "reallookingsecret",
        "AWS_ENDPOINT_URL": "https://live.example.invalid",
        "AWS_ENDPOINT_URL_S3": trap.url,
        **{name: trap.url for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY")},
        "ANTHROPIC_API_KEY": "sk-ant-real-looking",
        "ANTHROPIC_BASE_URL": trap.url,
        "SLACK_WEBHOOK_URL": trap.url,
        "BRAIN_DSN": f"postgresql://owner:secret@{address}/live",
        "PGHOST": "127.0.0.1",
        "PGPORT": address.split(":")[1],
        "COMPANY_MODEL": "anthropic",
    }


def test_everything_that_could_lead_outside_is_removed() -> None:
    shell = dict.fromkeys(LEADS_OUTSIDE, "live") | {"PATH": "/bin", "LC_ALL": "C", "TERM": "xterm", "COLUMNS": "112"}

    sealed, _ = sealed_environment(shell)

    assert not set(LEADS_OUTSIDE) & set(sealed)
    assert {name: sealed[name] for name in ("PATH", "LC_ALL", "TERM", "COLUMNS")} == {
        "PATH": "/bin",
        "LC_ALL": "C",
        "TERM": "xterm",
        "COLUMNS": "112",
    }


def test_the_values_put_instead_open_nothing() -> None:
    sealed, _ = sealed_environment({"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_CONFIG_FILE": "/home/o/.aws/config"})

    assert sealed["AWS_ACCESS_KEY_ID"] == sealed["AWS_SECRET_ACCESS_KEY"] == "desk"
    assert sealed["AWS_CONFIG_FILE"] == sealed["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert sealed["AWS_EC2_METADATA_DISABLED"] == "true"
    assert not any(Path(sealed[name]).exists() for name in ("PGPASSFILE", "PGSERVICEFILE", "NETRC"))


def test_the_desks_own_settings_stay_and_the_model_is_always_the_book() -> None:
    shell = {"DESK_POSTGRES": "postgresql://localhost/postgres", "VERTICAL": "quakes", "COMPANY_MODEL": "anthropic"}

    sealed, _ = sealed_environment(shell)

    assert (sealed["DESK_POSTGRES"], sealed["VERTICAL"]) == (shell["DESK_POSTGRES"], "quakes")
    assert sealed["COMPANY_MODEL"] == "book"


@pytest.mark.parametrize("url", ["http://localhost:4566", "http://127.0.0.1:4566", "http://[::1]:4566"])
def test_an_emulator_on_this_machine_is_used_and_reported(url: str) -> None:
    sealed, result = sealed_environment({"AWS_ENDPOINT_URL": url})

    assert sealed["AWS_ENDPOINT_URL"] == result.endpoint_url == url
    assert url in result.notes[0]


@pytest.mark.parametrize(
    "url",
    [
        "https://sqs.eu-west-1.amazonaws.com",
        "http://127.0.0.1.example.invalid:4566",
        "http://localhost.example.invalid",
        "http://localhost@example.invalid",
        "http://10.0.0.5:4566",
        "localhost:4566",
    ],
)
def test_an_emulator_elsewhere_is_dropped_and_reported(url: str) -> None:
    sealed, result = sealed_environment({"AWS_ENDPOINT_URL": url})

    assert "AWS_ENDPOINT_URL" not in sealed
    assert result.endpoint_url is None and "ignored" in result.notes[0]
    assert not is_loopback(url)


def test_no_cloud_is_opened_beyond_loopback() -> None:
    with pytest.raises(ValueError, match="only to loopback"), desk_cloud("https://aws.example.invalid"):
        pass


def test_sealing_changes_the_environment_in_place_and_twice_is_once() -> None:
    shell = {"PATH": "/bin", "GITHUB_TOKEN": "t", "AWS_PROFILE": "live"}

    seal(shell)
    once = dict(shell)
    seal(shell)

    assert shell == once
    assert not {"GITHUB_TOKEN", "AWS_PROFILE"} & set(shell)


SEALED_DESK = textwrap.dedent(
    """
    from watchbill.cloud.seal import seal
    seal()
    import os, subprocess, sys, urllib.error, urllib.request
    import boto3
    from watchbill.cloud.aws import desk_cloud
    with desk_cloud() as cloud:
        for service in ("s3", "sqs", "ssm", "scheduler", "lambda"):
            cloud.client(service)
        cloud.client("s3").create_bucket(Bucket="bucket")
        boto3.client("s3", endpoint_url=cloud.endpoint_url).put_object(Bucket="bucket", Key="k", Body=b"x")
        urllib.request.urlopen(cloud.endpoint_url + "/moto-api/data.json").read()
        child = "import os; print(sorted(n for n in os.environ if 'TOKEN' in n or 'KEY' in n or 'PROXY' in n))"
        print(subprocess.run([sys.executable, "-c", child], capture_output=True, text=True).stdout.strip())
    """
)


def test_a_sealed_desk_contacts_nobody_of_the_owners(tmp_path: Path) -> None:
    with set_trap() as trap:
        done = subprocess.run(
            [sys.executable, "-c", SEALED_DESK],
            env=owners_shell(trap, tmp_path),
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parents[2],
        )

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'NO_PROXY']"
    assert trap.contacts == []


def test_the_trap_would_have_caught_an_unsealed_desk(tmp_path: Path) -> None:
    """Without this the test above could pass because the trap does not work."""
    unsealed = "import boto3; boto3.client('s3', region_name='eu-west-1').list_buckets()"

    with set_trap() as trap:
        shell = owners_shell(trap, tmp_path) | {"AWS_MAX_ATTEMPTS": "1"}
        subprocess.run([sys.executable, "-c", unsealed], env=shell, capture_output=True, check=False)

    assert trap.contacts != []
