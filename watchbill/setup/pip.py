"""Runs pip for set-up: shows its progress and describes a failure in one line."""

import re
import subprocess

from watchbill.setup.environment import child_environment
from watchbill.setup.errors import SetupError
from watchbill.setup.progress import follow
from watchbill.setup.wanted import Wanted

LOG = "setup.log"
REASON_WIDTH = 300
# Patterns in pip's output, and what the owner can do; the first match is used.
ADVICE = {
    r"No space left": "Free some disk space, then run the same command again.",
    r"DO NOT MATCH": "The index served files other than the locked ones: name another (PIP_INDEX_URL).",
    r"Retrying|Connection|Temporary failure|timed out|SSLError|ProxyError": (
        "The package index could not be reached: check the network (behind a proxy HTTPS_PROXY, behind a mirror "
        "PIP_INDEX_URL), then run the same command again."
    ),
    r"No matching distribution": "The index (PIP_INDEX_URL) has no such file for this Python and machine.",
}


def run_pip(wanted: Wanted, part: str, command: list[str], lock: int) -> None:
    """Runs pip to its end; its whole output goes to the log beside the stamp."""
    log = wanted.venv / LOG
    with log.open("a", encoding="utf-8") as kept, start(command, lock) as pip:
        output = []
        for line in follow(part, wanted.packages(part), pip.stdout or ()):
            output.append(line)
            kept.write(line)
    if pip.returncode != 0:
        raise SetupError(f"{explain(output)} pip's output: {log}")


def start(command: list[str], lock: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=child_environment(),
        encoding="utf-8",
        errors="replace",
        pass_fds=(lock,),
    )


def explain(output: list[str]) -> str:
    """pip's reason in one line, and what to do about it."""
    errors = [line for line in output if line.startswith("ERROR:")] or output[-1:] or ["pip printed nothing"]
    reason = " ".join(errors[-1].removeprefix("ERROR:").split())[:REASON_WIDTH]
    text = "".join(output)
    for pattern, advice in ADVICE.items():
        if re.search(pattern, text):
            return f"{reason}. {advice}"
    return f"{reason}."
