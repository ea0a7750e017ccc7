"""Attacks the cloud itself: empty at each start, one at a time, and replaceable by another emulator."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cloud.companies import MORNING, FakeFunctions, played, small_company, when
from watchbill.cloud.aws import TURN_SECONDS, LocalAws, desk_cloud

EMULATOR = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""


@contextmanager
def emulator() -> Iterator[str]:
    """Somebody else's emulator, in a process of its own; it ends when its input is closed."""
    with subprocess.Popen(
        [sys.executable, "-c", EMULATOR],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.stdin.close()
        process.wait(timeout=20)


def test_a_new_cloud_knows_nothing_of_the_one_before() -> None:
    for _ in range(3):
        with desk_cloud() as cloud:
            assert cloud.client("s3").list_buckets()["Buckets"] == []
            assert cloud.client("sqs").list_queues().get("QueueUrls", []) == []

            cloud.client("s3").create_bucket(Bucket="left-behind")
            cloud.client("sqs").create_queue(QueueName="left-behind")


def test_a_second_cloud_beside_the_first_is_refused(cloud: LocalAws) -> None:
    with pytest.raises(RuntimeError, match="running in this process already"), desk_cloud():
        pass

    assert cloud.client("s3").list_buckets()["Buckets"] == []


def test_a_closed_cloud_answers_nobody() -> None:
    with desk_cloud() as cloud:
        port = int(cloud.endpoint_url.rsplit(":", 1)[1])

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=2)


@pytest.mark.skipif(sys.platform != "linux", reason="reads the sockets from /proc, which only Linux has")
def test_the_cloud_listens_on_loopback_only(cloud: LocalAws) -> None:
    port = int(cloud.endpoint_url.rsplit(":", 1)[1])

    sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]

    listening = {address for _, address, _, state, *_ in sockets if state == "0A" and address.endswith(f":{port:04X}")}
    assert listening == {f"0100007F:{port:04X}"}


def test_functions_wait_for_short_turns_of_the_desk_and_of_nobody_else() -> None:
    before = sys.getswitchinterval()

    with pytest.raises(ZeroDivisionError), desk_cloud():
        during = sys.getswitchinterval()
        1 / 0  # noqa: B018

    assert during == pytest.approx(TURN_SECONDS)
    assert sys.getswitchinterval() == before


def test_one_client_serves_all(cloud: LocalAws) -> None:
    assert cloud.client("s3") is cloud.client("s3")


def test_a_company_runs_in_another_emulator_as_well(tmp_path: Path) -> None:
    with emulator() as url, desk_cloud(url) as cloud:
        stack = small_company(cloud, tmp_path)

        def mute() -> None:
            found = cloud.client("scheduler").get_schedule(GroupName="small", Name="early")
            kept = {part: found[part] for part in ("ScheduleExpression", "FlexibleTimeWindow", "Target")}
            cloud.client("scheduler").update_schedule(GroupName="small", Name="early", State="DISABLED", **kept)

        fires = played(
            cloud, stack, FakeFunctions(), prepare=lambda one: one.call_later(MORNING + timedelta(minutes=5), mute)
        )

    assert not cloud.is_moto
    assert when(fires) == [("early", 0), ("late", 0)]


class OldVersion:
    """A version of an object that must not be compared with each other one."""

    def __init__(self) -> None:
        self.is_disposed = False

    def __eq__(self, _: object) -> bool:
        raise AssertionError("two versions were compared")

    __hash__ = object.__hash__

    def dispose(self) -> None:
        self.is_disposed = True


def test_a_put_does_not_compare_all_versions_of_an_object_with_each_other() -> None:
    with desk_cloud() as cloud:
        cloud.client("s3").list_buckets()
        from moto.s3.utils import _VersionedKeyStore

        store, versions = _VersionedKeyStore(), [OldVersion() for _ in range(4)]
        for length in (1, 2, 3):
            store.setlist("mark", versions[:length])
        before = [version.is_disposed for version in versions]
        store.setlist("mark", [versions[0], versions[2], versions[3]])
        replaced = [version.is_disposed for version in versions]
        store.setlist("mark", versions[:1])

    assert before == [False] * 4
    assert replaced == [False, True, False, False]
    assert [version.is_disposed for version in versions] == [False, True, True, True]


def test_all_versions_of_an_object_are_kept_and_the_last_one_is_read() -> None:
    with desk_cloud() as cloud:
        s3 = cloud.client("s3")
        s3.create_bucket(Bucket="one-bucket")
        s3.put_bucket_versioning(Bucket="one-bucket", VersioningConfiguration={"Status": "Enabled"})
        for n in range(5):
            s3.put_object(Bucket="one-bucket", Key="mark", Body=str(n).encode())

        kept = s3.list_object_versions(Bucket="one-bucket")["Versions"]
        assert s3.get_object(Bucket="one-bucket", Key="mark")["Body"].read() == b"4"
        bodies = {
            s3.get_object(Bucket="one-bucket", Key="mark", VersionId=one["VersionId"])["Body"].read() for one in kept
        }
        assert bodies == {b"0", b"1", b"2", b"3", b"4"}
