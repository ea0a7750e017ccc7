"""The first code of a trial, run by path in a process of its own: closes off the machine, then runs the job.

Reads one JSON job from stdin; the last line of its output is the answer. Nothing of the company is imported before
the machine is closed off.
"""

import contextlib
import hashlib
import io
import json
import os
import resource
import sys
import sysconfig
from datetime import datetime
from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from company.vertical import Source

CLOSED = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.spawn", "os.posix_spawn", "os.kill", "os.remove",
    "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod", "os.chown", "os.truncate", "os.putenv",
    "shutil.", "ctypes.", "pty.", "signal.pthread_kill", "sqlite3.", "urllib.", "http.client.", "ftplib.", "smtplib.",
    "tempfile.", "mmap.", "fcntl.", "webbrowser.", "code.__new__",
)  # fmt: skip
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Document(TypedDict):
    """A document to read: its file's name, its source, and the moment that replaces a missing stamp."""

    name: str
    source: str
    moment: NotRequired[str | None]
    with_keys: NotRequired[bool]


class Job(TypedDict):
    """What a trial is given. test needs a file; read needs a product and its documents."""

    action: str
    folder: str
    code: str
    path: list[str]
    seconds: int
    memory_mb: int
    file: NotRequired[str]
    vertical: NotRequired[str]
    documents: NotRequired[list[Document]]


class Answer(TypedDict):
    """How a trial ended."""

    is_ok: bool
    result: dict[str, object]
    message: NotRequired[str]


def main() -> None:
    job: Job = json.loads(sys.stdin.buffer.read())
    sys.path[:] = [job["code"], *job["path"]]
    limit(job)
    close_off(readable(job))
    with contextlib.redirect_stdout(io.StringIO()):
        answer = ACTIONS[job["action"]](job)
    sys.stdout.write("\n" + json.dumps(answer))


def limit(job: Job) -> None:
    """Limits processor seconds and memory, and allows no file of any size, as far as the system knows the limit."""
    memory = job["memory_mb"] << 20
    for what, most in ((resource.RLIMIT_CPU, job["seconds"]), (resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def readable(job: Job) -> tuple[str, ...]:
    """What a trial may read: the copy, its documents, Python's own library, and what is installed beside it."""
    python = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")]
    folders = [job["folder"], *python, *(p for p in job["path"] if p), *(p for p in sys.path if p)]
    return tuple(dict.fromkeys(os.path.realpath(folder) + os.sep for folder in folders))


def close_off(folders: tuple[str, ...]) -> None:
    """From here on nothing is written, the network is not reachable, and nothing outside the folders is read."""

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(CLOSED):
            raise PermissionError(f"a trial may not {event}")
        if event == "open" and not may_open(arguments, folders):
            raise PermissionError(f"a trial may not open {arguments[0]!r}")

    sys.addaudithook(refuse)


def may_open(arguments: tuple[object, ...], folders: tuple[str, ...]) -> bool:
    path, mode, flags = arguments
    if isinstance(path, int):
        return True
    if not isinstance(path, str | bytes | os.PathLike):
        return False
    if (isinstance(mode, str) and set(mode) & set("wax+")) or (isinstance(flags, int) and flags & WRITES):
        return False
    return os.path.realpath(os.fsdecode(path)).startswith(folders)


def run_test(job: Job) -> Answer:
    """Every test_* of the file; the first that raises ends it."""
    with open(job["file"], encoding="utf-8") as file:
        text = file.read()
    namespace: dict[str, object] = {"__name__": "test_change", "__file__": job["file"]}
    passed = 0
    try:
        exec(compile(text, job["file"], "exec"), namespace)
        tests = [thing for name, thing in namespace.items() if name.startswith("test_") and callable(thing)]
        for test in tests:
            test()
            passed += 1
    except BaseException as error:
        message = f"{type(error).__name__}: {error}"[:500]
        return {"is_ok": False, "message": message, "result": {"passed": passed}}
    message = "" if passed else "there is no test in it"
    return {"is_ok": passed > 0, "message": message, "result": {"passed": passed}}


def read_documents(job: Job) -> Answer:
    """What each document holds as its source's reader reads it; a reader that fails gives its error."""
    from company.vertical import load

    product = load(job["vertical"])
    return {"is_ok": True, "result": {d["name"]: read_one(product.source(d["source"]), d) for d in job["documents"]}}


def read_one(source: "Source", document: Document) -> dict[str, object]:
    stamp = document.get("moment")
    moment = datetime.fromisoformat(stamp) if stamp else None
    try:
        with open(document["name"], "rb") as file:
            parsed = source.parse(file.read(), moment)
    except Exception as error:
        return {"source": document["source"], "error": f"{type(error).__name__}: {error}"[:300]}
    lines = parsed.copy_text.splitlines()
    keys = [line.split(b"\t", 2)[1].decode() for line in lines] or [str(row[1]) for row in parsed.rows]
    whole = (
        repr((parsed.edition_at, parsed.version, list(parsed.rows), list(parsed.rejects))).encode() + parsed.copy_text
    )
    kept = keys if document.get("with_keys") else []
    digest = hashlib.sha256(whole).hexdigest()
    figures = {"rows": len(keys), "rejects": len(parsed.rejects), "digest": digest, "keys": kept}
    return {"source": document["source"], **figures}


ACTIONS = {"test": run_test, "read": read_documents}

if __name__ == "__main__":
    main()
