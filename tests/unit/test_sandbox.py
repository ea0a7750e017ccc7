"""A trial runs the copy and nothing else: no network, no environment, no writing, a limit of time and memory."""

import pickle
from collections.abc import Iterator

import pytest

from company import sandbox as package
from company.sandbox import Sandbox, sandbox
from company.sandbox.diffs import DiffError, make_diff
from tests.support.trials import trial_text

LIST = "patchfirst/sources/kev.toml"


@pytest.fixture
def trial() -> Iterator[Sandbox]:
    with sandbox("company", "patchfirst") as copy:
        yield copy


def test_the_copy_is_what_runs(trial: Sandbox) -> None:
    where = trial_text(
        "import patchfirst.vertical as v, company.vertical.columns as c",
        "assert 'trial-' in v.__file__",
        "assert 'trial-' in c.__file__",
    )

    assert trial.test(where).is_ok


REACHES_OUT = (
    "import socket; socket.create_connection(('127.0.0.1', 80))",
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1')",
    "import subprocess; subprocess.run(['true'])",
    "import os; os.fork()",
    "open('/proc/self/environ').read()",
    "open('/etc/passwd').read()",
    "open('mark', 'w')",
    "import os; os.open('mark', os.O_CREAT | os.O_WRONLY)",
    "import os; os.remove('document-1')",
)
REFUSED = """def test_{n}():
    try:
        {statement}
    except OSError:
        return
    raise AssertionError({statement!r})
"""


def test_a_trial_may_not_reach_out(trial: Sandbox) -> None:
    trial.put("document-1", b"x")

    ran = trial.test("".join(REFUSED.format(n=n, statement=statement) for n, statement in enumerate(REACHES_OUT)))

    assert (ran.is_ok, ran.result) == (True, {"passed": len(REACHES_OUT)}), ran.message
    assert trial.test(trial_text("assert open('document-1').read() == 'x'")).is_ok


def test_a_trial_reads_nothing_of_our_environment(trial: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAIN_PASSWORD", "secret")

    ran = trial.test(
        trial_text("import os", "assert set(os.environ) <= {'PYTHONHASHSEED', 'LC_ALL', 'LC_CTYPE'}, os.environ")
    )

    assert ran.is_ok, ran.message


def test_a_trial_ends_when_its_memory_or_its_seconds_are_spent(trial: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "SECONDS", 1)

    assert "MemoryError" in trial.test(trial_text("bytearray(3 << 30)")).message
    endless = trial.test(trial_text("while True: pass"))

    assert not endless.is_ok
    assert endless.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no test in it"),
        ("assert False", "AssertionError"),
        ("def test_it(: pass", "SyntaxError"),
        (trial_text("import os", "os._exit(0)"), "no output"),
        (trial_text("import sys", "sys.exit(0)"), "SystemExit"),
    ],
)
def test_a_test_that_proves_nothing_has_not_passed(trial: Sandbox, text: str, message: str) -> None:
    ran = trial.test(text)

    assert not ran.is_ok
    assert message in ran.message


def test_a_change_is_tried_on_the_copy_and_leaves_the_code_alone(trial: Sandbox) -> None:
    original = package.code_root("patchfirst") / LIST
    before = original.read_text()
    renamed = before.replace('cveID = ["cveID"]', 'cveID = ["cveID", "cve_id"]')
    reads = trial_text("from patchfirst.sources.kev import KEV", "assert 'cve_id' in KEV.columns.form.names['cveID']")

    without = trial.test(reads)
    trial.change(make_diff(LIST, before, renamed))

    assert not without.is_ok
    assert trial.test(reads).is_ok
    assert original.read_text() == before
    with pytest.raises(DiffError):
        trial.change(make_diff(LIST, before, renamed))


def test_a_trial_of_pages_that_gives_none_says_nothing_of_what_the_facts_are_about(trial: Sandbox) -> None:
    facts = pickle.dumps({"D-1": "Alder Bank"})

    written = trial.write("patchfirst", facts, ["D-1", "Alder Bank"], ["cve"])

    assert (written.is_ok, written.result, written.message) == (False, {}, package.NO_PAGES)
