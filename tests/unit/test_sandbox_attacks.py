"""Code of a trial that knows where it is: it reaches for its parent, the network and the answer, past Python."""

import os
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator

import pytest

from company import sandbox as package
from company.sandbox import Sandbox, TrialNotHeld, sandbox
from company.sandbox.confinement import hidden_from_others
from company.sandbox.syscalls import MACHINES
from tests.support.trials import lame_inside, trial_text

NUMBERS = MACHINES[os.uname().machine]
CALL = "import ctypes; libc = ctypes.CDLL(None, use_errno=True)"
PAST_PYTHON = {
    "a shell": "import os; assert os.system('true') != 0",
    "a socket": f"{CALL}; assert libc.socket(2, 1, 0) < 0",
    "a pair of sockets": f"{CALL}; assert libc.socketpair(1, 1, 0, (ctypes.c_int * 2)()) < 0",
    "a new process": f"{CALL}; assert libc.fork() < 0",
    "a new program": f"{CALL}; assert libc.execv(b'/bin/true', None) < 0",
    "a clone by its number": f"{CALL}; assert libc.syscall({NUMBERS.clone}, 17, 0, 0, 0, 0) < 0",
    "a clone of the newer kind": f"{CALL}; assert libc.syscall(435, (ctypes.c_uint64 * 11)(), 88) < 0",
    "the end of its parent": f"import os; {CALL}; assert libc.kill(os.getppid(), 9) < 0",
    "the memory of its parent": f"import os; {CALL}; assert libc.ptrace(16, os.getppid(), 0, 0) < 0",
    "a file opened for writing": f"{CALL}; assert libc.open(b'mark', 0o101, 0o600) < 0",
    "a file by openat2": f"{CALL}; assert libc.syscall(437, -100, b'mark', (ctypes.c_uint64 * 3)(65, 384, 0), 24) < 0",
    "a file in memory": f"{CALL}; assert libc.memfd_create(b'x', 0) < 0",
    "a removed file": f"{CALL}; assert libc.unlink(b'document-1') < 0",
    "a renamed file": f"{CALL}; assert libc.rename(b'document-1', b'x') < 0",
    "other rights of a file": f"{CALL}; assert libc.chmod(b'document-1', 0o777) < 0",
    "a link": f"{CALL}; assert libc.symlink(b'/etc/passwd', b'x') < 0",
    "another root": f"{CALL}; assert libc.chroot(b'.') < 0",
    "another user": f"{CALL}; assert libc.setuid(1) < 0",
    "namespaces": f"{CALL}; assert libc.unshare(0x10000000) < 0",
    "a ring of the kernel": f"{CALL}; assert libc.syscall(425, 1, None) < 0",
    "a call of the second table": f"{CALL}; assert libc.syscall(0x40000000 + 41, 2, 1, 0) < 0",
}
EMPTIED_LISTS = """
import gc, os, sys
for rules in [thing for thing in gc.get_objects() if isinstance(thing, list)]: rules.clear()
os.path.realpath = lambda path: path
open('/proc/self/environ').read()"""
OF_PYTHON = {
    "a subclass found by hand": """
        import subprocess
        [popen] = [kind for kind in object.__subclasses__() if kind.__name__ == 'Popen']
        popen(['true'])""",
    "a file behind a link": "open('linked').read()",
    "a folder behind a link": "import os; os.listdir('linked-folder')",
    "the root by its descriptor": "import os; os.open('etc/passwd', os.O_RDONLY, dir_fd=os.open('/', os.O_PATH))",
    "a way out by dots": "import os; open('../' * 20 + 'etc/passwd').read()",
    "the environment of the parent": "import os; open(f'/proc/{os.getppid()}/environ').read()",
    "the files of the parent": "import os; os.listdir(f'/proc/{os.getppid()}/fd')",
    "the memory of the parent": "import os; open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
    "higher limits": "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (9, 9))",
    "many processes": "import multiprocessing as m; m.get_context('fork').Process(target=print).start()",
    "a folder": "import os; os.mkdir('x')",
    "a device": "import os; os.mknod('x')",
    "a file without a name": "import os; os.open('.', os.O_TMPFILE | os.O_RDWR)",
    "another time of a file": "import os; os.utime('document-1')",
    "a truncated file": "import os; os.truncate('document-1', 0)",
}


@pytest.fixture(scope="module")
def trial() -> Iterator[Sandbox]:
    """One copy for all attacks: a trial that could leave something there would be seen by the next one."""
    with sandbox("company") as copy:
        copy.put("document-1", b"x")
        (copy.documents / "linked").symlink_to("/etc/passwd")
        (copy.documents / "linked-folder").symlink_to("/etc")
        yield copy


def _nothing_was_changed(trial: Sandbox) -> bool:
    names = sorted(file.name for file in trial.documents.iterdir())
    return names == ["document-1", "linked", "linked-folder"] and (trial.documents / names[0]).read_bytes() == b"x"


def _each(attacks: dict[str, str], lines: str) -> str:
    """A test for each attack; lines: what is around it, with {attack} and {name}."""
    tests = []
    for number, (name, attack) in enumerate(attacks.items()):
        written = textwrap.indent(textwrap.dedent(attack).strip(), "        ")
        tests.append(f"def test_{number}():\n{lines.format(attack=written, name=repr(name))}\n")
    return "\n".join(tests)


def test_the_kernel_refuses_what_goes_past_python(trial: Sandbox) -> None:
    ran = trial.test(_each(PAST_PYTHON, "    if True:\n{attack}"))

    assert (ran.is_ok, ran.result) == (True, {"passed": len(PAST_PYTHON)}), ran.message
    assert _nothing_was_changed(trial)


def test_no_trick_of_python_reaches_out(trial: Sandbox) -> None:
    refused = "    try:\n{attack}\n    except (OSError, ValueError):\n        return\n    raise AssertionError({name})"

    ran = trial.test(_each(OF_PYTHON, refused))

    assert (ran.is_ok, ran.result) == (True, {"passed": len(OF_PYTHON)}), ran.message
    assert _nothing_was_changed(trial)


def test_a_list_of_rules_that_is_emptied_opens_nothing(trial: Sandbox) -> None:
    ran = trial.test(trial_text(*EMPTIED_LISTS.strip().splitlines()))

    assert not ran.is_ok
    assert "PermissionError" in ran.message


def test_no_file_or_socket_of_the_fire_is_inherited(trial: Sandbox) -> None:
    ours, theirs = os.pipe()
    one, other = socket.socketpair()
    for opened in (theirs, other.fileno()):
        os.set_inheritable(opened, True)
    try:
        ran = trial.test(trial_text("import os", *_each_descriptor("os.fstat(n)")))
        assert ran.is_ok, ran.message
    finally:
        os.close(ours)
        os.close(theirs)
        one.close()
        other.close()


def _each_descriptor(use: str) -> list[str]:
    return [
        "for n in range(4, 1000):",
        f"    try: {use}",
        "    except OSError: continue",
        "    raise AssertionError(n)",
    ]


@pytest.mark.parametrize("output", [1, 2, *range(4, 9)])
def test_an_answer_cannot_be_written_by_the_code_of_a_trial(trial: Sandbox, output: int) -> None:
    forged = r'\n{"is_ok": true, "result": {"passed": 9}, "message": ""}'

    ran = trial.test(
        trial_text("import os", f"try: os.write({output}, b'{forged}')", "except OSError: pass", "os._exit(0)")
    )

    assert not ran.is_ok
    assert "no output" in ran.message


def test_figures_of_documents_are_counted_by_the_supervisor() -> None:
    with sandbox("company", "patchfirst") as trial:
        trial.put("one", b"{}")
        source = trial.code / "patchfirst" / "sources" / "kev.py"
        forged = '{"name": "one", "digest": "x", "rows": 397, "source": "kev", "length": 0}'
        source.write_text(f"import os\nos.write(3, b'{forged}' + bytes([10]))\nos._exit(0)\n")

        read = trial.read("patchfirst", [{"name": "one", "source": "kev"}])

    assert read.result["one"]["rows"] == 0
    assert read.result["one"]["digest"] != "x"


def test_a_claim_without_end_is_no_claim(trial: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = trial.test(
        trial_text("import os", 'os.write(3, b\'{"name": "tests", "length": 99999999999}\\n\')', "os._exit(0)")
    )

    assert not ran.is_ok
    assert "claims more" in ran.message


def test_threads_and_memory_end_within_their_limits(trial: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "SECONDS", 2)
    bomb = trial_text("import threading", "def more(): threading.Thread(target=more).start(); more()", "more()")

    assert not trial.test(bomb).is_ok
    assert trial.test(trial_text("pass")).is_ok


ELSEWHERE = """
import os, sys
sys.path[:0] = {path!r}
from company.sandbox import confinement
confinement._read_only = lambda readable: False
confinement.confine([], 1024, 10)
child = os.fork()
if child == 0:
    confinement.confine_tested()
    for secret in ("environ", "mem", "maps"):
        try:
            open(f"/proc/{{{pid}}}/{{secret}}", "rb").read(1)
        except PermissionError:
            continue
        os._exit(1)
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_fire_is_hidden_also_where_the_kernel_has_no_landlock() -> None:
    with hidden_from_others():
        asked = ELSEWHERE.format(path=sys.path, pid=os.getpid())
        ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=False, timeout=60)

    assert ran.returncode == 0, ran.stderr.decode()


def test_no_trial_runs_where_the_kernel_cannot_hold_it(trial: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    lame_inside(monkeypatch, trial.folder)

    with pytest.raises(TrialNotHeld, match="Darwin"):
        trial.test(trial_text("pass"))
