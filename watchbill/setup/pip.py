"""Runs pips for set-up: shows their progress and describes a failure in one line."""

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread

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


def run_pips(wanted: Wanted, part: str, commands: list[list[str]], lock: int) -> None:
    """Runs pips side by side to their end; what they print goes to the log beside the stamp, a line at a time.

    SetupError gives the reason of one that failed, which ends the others.
    """
    log = wanted.venv / LOG
    with ExitStack() as stack:
        kept = stack.enter_context(log.open("a", encoding="utf-8"))
        pips = [Pip(stack.enter_context(start(command, lock))) for command in commands]
        for line in follow(part, wanted.packages(part), printed(pips)):
            kept.write(line)
    failed = next((pip for pip in pips if pip.failed_first), None)
    if failed:
        raise SetupError(f"{explain(failed.output)} pip's output: {log}")


@dataclass
class Pip:
    """One that runs, and what it printed."""

    process: "subprocess.Popen[str]"
    output: list[str] = field(default_factory=list)
    failed_first: bool = False


def printed(pips: list[Pip]) -> Iterator[str]:
    """The lines of all as they come, until the last has ended."""
    lines: SimpleQueue[tuple[Pip, str | None]] = SimpleQueue()
    for pip in pips:
        Thread(target=read_pip, args=(pip, lines.put), daemon=True).start()
    running = len(pips)
    while running:
        pip, line = lines.get()
        if line is not None:
            pip.output.append(line)
            yield line
            continue
        running -= 1
        if pip.process.wait() != 0 and not any(other.failed_first for other in pips):
            pip.failed_first = True
            for other in pips:
                other.process.terminate()


def read_pip(pip: Pip, put: Callable[[tuple[Pip, str | None]], None]) -> None:
    """Puts each line of a pip, and None after the last."""
    for line in pip.process.stdout or ():
        put((pip, line))
    put((pip, None))


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
