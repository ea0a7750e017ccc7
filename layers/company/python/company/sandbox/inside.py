"""The first code of a trial, run by path in a process of its own: gives up its rights, and judges what is tested.

The supervisor. What is tested runs in a child of it, with a pipe and nothing else; figures are counted here, and the
answer is written here, where the code of the trial is never imported. Reads one JSON job from stdin; the last line of
its output is the answer.
"""

import hashlib
import json
import os
import sys
import sysconfig
from collections.abc import Iterator
from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from company.sandbox.tested import Claim, Document

MOST_CLAIMED = 512 << 20
"""Bytes: a document of 48 MB, several times over."""


class Job(TypedDict):
    """What a trial is given. ours: where this code is deployed. test needs files; read, a product and documents.

    write needs a product, a file of facts, the names of its pages, and the columns that name a change of a page.
    """

    action: str
    ours: str
    folder: str
    code: str
    path: list[str]
    seconds: int
    memory_mb: int
    files: NotRequired[list[str]]
    vertical: NotRequired[str]
    documents: NotRequired[list["Document"]]
    facts: NotRequired[str]
    pages: NotRequired[list[str]]
    change_key: NotRequired[list[str]]


class Answer(TypedDict):
    """How a trial ended."""

    is_ok: bool
    result: dict[str, object]
    message: NotRequired[str]
    is_held: NotRequired[bool]


def main() -> None:
    job: Job = json.loads(sys.stdin.buffer.read())
    sys.path[:] = [job["ours"], *job["path"]]
    sys.stdout.write("\n" + json.dumps(answer_job(job)))


def answer_job(job: Job) -> Answer:
    from company.sandbox.confinement import CannotConfine, confine

    try:
        confine(readable(job), job["memory_mb"], job["seconds"])
        return judge_claims(job, claims_of(job))
    except CannotConfine as error:
        return {"is_ok": False, "is_held": False, "result": {}, "message": f"no trial can be held here: {error}"}
    except (ValueError, OSError) as error:
        return {"is_ok": False, "result": {}, "message": f"what it claims cannot be read: {error}"[:500]}


def readable(job: Job) -> list[str]:
    """What a trial may read: the copy, its documents, Python's own library, and what is installed beside it."""
    python = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")]
    folders = [job["folder"], *python, sys.prefix, sys.base_prefix, *(path for path in job["path"] if path)]
    return list(dict.fromkeys(os.path.realpath(folder) for folder in folders))


def claims_of(job: Job) -> list[tuple["Claim", bytes]]:
    """What the tested code claims, from a child that has nothing but the pipe."""
    from company.sandbox.tested import read_claims

    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        run_tested(job, theirs)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        claims = list(read_claims(pipe, MOST_CLAIMED))
    _, status = os.waitpid(child, 0)
    if status != 0 or not claims:
        code = os.waitstatus_to_exitcode(status)
        raise ValueError(f"it ended with code {code} and {'no output' if not claims else 'more to say'}")
    return claims


def run_tested(job: Job, pipe: int) -> None:
    """Never returns. Whatever stands in the child's memory of the deployed code is left out of its imports."""
    from company.sandbox.confinement import confine_tested
    from company.sandbox.tested import write_claims

    code = 1
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        os.dup2(pipe, 3)
        os.closerange(4, os.sysconf("SC_OPEN_MAX"))
        sys.path[0] = job["code"]
        for name in [name for name in sys.modules if name.partition(".")[0] == "company"]:
            del sys.modules[name]
        confine_tested()
        write_claims(3, tested(job))
        code = 0
    except Exception as error:
        message = f"{type(error).__name__}: {error}"[:500]
        write_claims(3, iter([({"name": "tests", "message": message}, b"")]))
    finally:
        os._exit(code)


def tested(job: Job) -> Iterator[tuple["Claim", bytes]]:
    from company.sandbox.tested import read_documents, run_tests, write_pages

    if job["action"] == "test":
        return run_tests(*job["files"])
    if job["action"] == "write":
        return write_pages(job["vertical"], job["facts"], job["pages"])
    return read_documents(job["vertical"], job.get("documents", []))


def judge_claims(job: Job, claims: list[tuple["Claim", bytes]]) -> Answer:
    """The answer: of tests, whether all passed; of documents and pages, figures that are counted here."""
    if job["action"] == "test":
        claim, _ = claims[0]
        message, passed = str(claim.get("message", "")), int(claim.get("passed", 0))
        return {"is_ok": passed > 0 and not message, "message": message, "result": {"passed": passed}}
    if job["action"] == "write":
        from company.sandbox.judged_pages import figures_of_pages

        figured = figures_of_pages(os.path.join(job["code"], job["vertical"]), job["pages"], job["change_key"], claims)
        return {"is_ok": True, "result": figured}
    asked = {document["name"]: document for document in job.get("documents", [])}
    if [claim["name"] for claim, _ in claims] != list(asked):
        raise ValueError("it read other documents than it was given")
    return {
        "is_ok": True,
        "result": {claim["name"]: figures(asked[claim["name"]], claim, rows) for claim, rows in claims},
    }


def figures(document: "Document", claim: "Claim", rows: bytes) -> dict[str, object]:
    if claim.get("message"):
        return {"source": document["source"], "error": claim["message"]}
    keys = [str(key) for key in claim.get("keys", [])]
    return {
        "source": document["source"],
        "rows": len(keys),
        "rejects": int(claim.get("rejects", 0)),
        "digest": hashlib.sha256(rows).hexdigest(),
        "words": claim.get("words", {}),
        "unread": claim.get("unread", {}),
        "keys": keys if document.get("with_keys") else [],
        "rows_of": dict(zip(keys, claim.get("digests", []), strict=True)) if document.get("with_keys") else {},
    }


if __name__ == "__main__":
    main()
