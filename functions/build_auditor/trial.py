"""One change on a copy of what is deployed: its test without and with it, then every document with both readers."""

from collections.abc import Mapping
from typing import Any

from company.fire.fire import Fire
from company.pipeline.raw import load_raw
from company.sandbox import Sandbox, TrialResult, code_root, sandbox
from company.sandbox.diffs import DiffError, files_of

LARGEST = 48 << 20
"""Bytes of a document that a trial still reads; a larger one is left out and counted."""
Row = Mapping[str, Any]


def try_change(fire: Fire, change: Row) -> dict[str, Any]:
    """What each step showed. A step that could not be reached counts as failed."""
    seen: dict[str, Any] = {
        "outside": sorted(set(change["files"]) | set(_touched(change["diff"]))),
        "applies": 0, "failed_without": 0, "passed_with": 0, "rows": 0, "rows_before": 0, "is_within_limits": False,
        "keys_kept": 0.0, "others": 0, "others_differing": 0, "differing": [], "left_out": 0, "said": "",
    }  # fmt: skip
    seen["outside"] = [file for file in seen["outside"] if file not in column_files(fire)]
    if seen["outside"]:
        return seen
    fixtures = fire.brain.all("documents_of_change", documents=change["documents"])
    in_force = fire.brain.all("documents_in_force")
    fitting = [row for row in [*fixtures, *in_force] if row["size"] <= LARGEST]
    seen["left_out"] = len(fixtures) + len(in_force) - len(fitting)
    failed = [row for row in fixtures if row["verdict"] == "malformed"]
    with sandbox("company", fire.vertical.name) as trial:
        for row in fitting:
            trial.put(_name(row), load_raw(fire, row["source"], row["sha256"]))
        once = {row["id"]: row for row in fitting}.values()
        _try(fire, trial, change, [_asked(row, failed) for row in once], seen)
    sources = {row["source"] for row in failed}
    seen["is_within_limits"] = all(_is_within(seen, row) for row in in_force if row["source"] in sources)
    return seen


def column_files(fire: Fire) -> set[str]:
    """The files that a change may touch: the sources' lists of columns."""
    root = code_root(fire.vertical.name)
    return {s.columns.file.relative_to(root).as_posix() for s in fire.vertical.sources if s.columns}


def _try(fire: Fire, trial: Sandbox, change: Row, documents: list[dict[str, Any]], seen: dict[str, Any]) -> None:
    without, before = trial.test(change["test"]), trial.read(fire.vertical.name, documents)
    try:
        trial.change(change["diff"])
    except DiffError as error:
        seen["said"] = str(error)
        return
    seen |= {"applies": 1, "failed_without": int(not without.is_ok)}
    with_it, after = trial.test(change["test"]), trial.read(fire.vertical.name, documents)
    seen |= {"passed_with": int(with_it.is_ok), "said": with_it.message or before.message or after.message}
    if before.is_ok and after.is_ok:
        _compare(before, after, [d["name"] for d in documents if d["has_failed"]], seen)


def _compare(before: TrialResult, after: TrialResult, failed: list[str], seen: dict[str, Any]) -> None:
    """The documents that could not be read, beside the last good one of their source; and all the others."""
    others = {name: read for name, read in after.result.items() if name not in failed}
    seen["differing"] = [name for name, read in others.items() if read != before.result[name]]
    seen |= {"others": len(others), "others_differing": len(seen["differing"])}
    for name in failed:
        read = after.result.get(name, {})
        seen["said"] = seen["said"] or read.get("error", "")
        good = [other for other in others.values() if other["source"] == read.get("source")]
        _measure(read, good[-1:] or [{}], seen)


def _measure(read: Row, good: list[Any], seen: dict[str, Any]) -> None:
    keys, known = set(read.get("keys", ())), set(good[0].get("keys", ()))
    seen["rows"] += read.get("rows", 0)
    seen["rows_before"] += good[0].get("rows", 0)
    seen["keys_kept"] = round(len(keys & known) / len(known), 3) if known else 0.0


def _is_within(seen: Row, stream: Row) -> bool:
    """The stream's own limits on how far an edition may be from the one before."""
    before = seen["rows_before"]
    return bool(before * (1 - stream["max_drop"]) <= seen["rows"] <= before * stream["max_growth"])


def _touched(diff: str) -> list[str]:
    try:
        return files_of(diff)
    except DiffError as error:
        return [str(error)]


def _asked(row: Row, failed: list[Any]) -> dict[str, Any]:
    """How the trial is to read a document; keys are wanted where a document is compared with one that failed."""
    return {
        "name": _name(row),
        "source": row["source"],
        "moment": row["edition_at"].isoformat() if row["edition_at"] else None,
        "with_keys": row["source"] in {other["source"] for other in failed},
        "has_failed": row["id"] in {other["id"] for other in failed},
    }


def _name(row: Row) -> str:
    return f"document-{row['id']}"
