"""`sam deploy --guided` as an owner meets it, at a terminal: six questions beside SAM's own, and Enter answers each.

The emulator does not make what the defaults ask for (a database of the stack's own), so this ends where the change
would be shown; test_ministack deploys by the same questions with answers of its own.
"""

import shutil
from pathlib import Path

import pytest

from tests.emulator.running import BUILT, PYTHON, SAM, clean_environment, gateway
from tests.emulator.talking import talk
from watchbill.cli.commands.deploy import ASKED, saved_answers
from watchbill.setup.wanted import ROOT

pytestmark = pytest.mark.emulator
OURS = [f"Parameter {name}" for name in ASKED]
SAMS = [
    "Stack Name", "AWS Region", "Confirm changes before deploy", "Allow SAM CLI IAM role creation", "Disable rollback",
    "Save arguments to configuration file", "SAM configuration file", "SAM configuration environment",
]  # fmt: skip


def test_enter_answers_each_question_and_the_next_deploy_asks_none(tmp_path: Path) -> None:
    if missing := [path for path in (PYTHON, SAM, BUILT / "template.yaml") if not path.exists()]:
        pytest.skip(f"there is no {missing[0]}: run `make emulator`")
    config = tmp_path / "samconfig.toml"
    shutil.copy(ROOT / "samconfig.toml", config)
    with gateway(tmp_path) as (url, _):
        env = clean_environment(tmp_path, AWS_ENDPOINT_URL=url)
        command = [str(SAM), "deploy", "--config-file", str(config)]

        first = talk([*command, "--guided"], env=env, cwd=ROOT, answers={})
        second = talk(command, env=env, cwd=ROOT, answers={})

    assert sorted(first.questions) == sorted([*OURS, *SAMS]), first.output
    assert "Initiating deployment" in first.output
    assert second.questions == () and "Initiating deployment" in second.output
    assert set(saved_answers(config)) == set(ASKED)
    assert saved_answers(config)["BriefAt"] == "6:50 UTC"
