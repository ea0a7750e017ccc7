"""A folder is its living process's; what a killed one left goes at the next start, however young or old it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cloud.servers import CHECKOUT
from watchbill.scratch import held, lock_folder, new_scratch, remove_abandoned, remove_unless_held

HOLDER = """
import sys
from pathlib import Path
from watchbill.scratch import new_scratch
with new_scratch(Path(sys.argv[1]), "run-") as folder:
    (folder / "file").touch()
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_holds_stays(tmp_path: Path) -> None:
    with holder(tmp_path) as killed, holder(tmp_path) as living:
        left, kept = folder_of(killed), folder_of(living)
        os.utime(kept, (0, 0))  # old, and nobody's but its own
        killed.kill()
        killed.wait()

        with new_scratch(tmp_path, "run-") as mine:
            assert not left.exists()
            assert set(tmp_path.iterdir()) == {kept, mine}
        living.communicate(b"")

    assert list(tmp_path.iterdir()) == []


def test_a_link_and_a_file_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "run-link").symlink_to(tmp_path / "precious")
    (tmp_path / "run-file").touch()

    remove_abandoned(tmp_path, "run-")

    assert (tmp_path / "precious").is_dir()
    assert (tmp_path / "run-file").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of another user")
def test_another_users_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "run-theirs").mkdir()
    os.chown(tmp_path / "run-theirs", 65534, 65534)

    remove_abandoned(tmp_path, "run-")

    assert (tmp_path / "run-theirs").is_dir()


def test_a_folder_is_held_by_one_or_shared_by_many(tmp_path: Path) -> None:
    first, second = lock_folder(tmp_path, shared=True), lock_folder(tmp_path, shared=True)

    with held(tmp_path) as is_ours:
        assert not is_ours
    assert not remove_unless_held(tmp_path)

    assert first is not None and second is not None
    os.close(first)
    os.close(second)
    with held(tmp_path) as is_ours:
        assert is_ours
    assert lock_folder(tmp_path / "gone") is None


def holder(parent: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(parent)], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def folder_of(process: "subprocess.Popen[bytes]") -> Path:
    assert process.stdout is not None
    return Path(process.stdout.readline().decode().strip())
