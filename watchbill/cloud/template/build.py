"""Copies what would be deployed to its own folder: the desk runs the deployed code, not the checkout.

One folder per content hash, with functions/, layers/<name>/ and opt/ (the SQL layer); compiled, never changed.
"""

import compileall
import hashlib
import os
import py_compile
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from watchbill.errors import DeskError
from watchbill.scratch import new_scratch, remove_unless_held

KEPT = 3
DRAFT = "draft-"
THIRD_PARTY_LAYER = "deps"  # on the desk the virtual environment replaces it
NOT_COPIED = {"__pycache__", ".DS_Store"}


@dataclass(frozen=True)
class Deployment:
    """One deployed content: `root` is its folder, `digest` its name."""

    root: Path
    digest: str

    @property
    def functions(self) -> Path:
        return self.root / "functions"

    @property
    def sql_dir(self) -> Path:
        return self.root / "opt"

    @property
    def layers(self) -> dict[str, Path]:
        return {path.name: path for path in sorted((self.root / "layers").iterdir())}

    def layer_digest(self, name: str) -> str:
        """A hash of a layer's files, without what was compiled from them."""
        layer = self.layers[name]
        files = sorted(path for path in layer.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        return _digest([(path, path.relative_to(layer)) for path in files])

    @property
    def pythonpath(self) -> list[Path]:
        """Functions first, then every layer: what a function with all layers imports from."""
        return [self.functions, *self.layers.values()]


def deploy_artefacts(checkout: Path, home: Path) -> Deployment:
    """The checkout's code and SQL under `home`/deploy/<digest>, copied only when they have changed."""
    sources = list(_sources(checkout))
    digest = _digest(sources)
    deployments = home / "deploy"
    deployment = Deployment(deployments / digest, digest)
    if not deployment.root.exists():
        deployments.mkdir(parents=True, exist_ok=True)
        _copy(sources, deployment.root)
    os.utime(deployment.root)
    _remove_old(deployments)
    return deployment


def _sources(checkout: Path) -> Iterator[tuple[Path, Path]]:
    """(file, its path in the deployment), in a fixed order."""
    for folder, target in _folders(checkout):
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and path.suffix != ".pyc" and not NOT_COPIED.intersection(inside.parts):
                yield path, target / inside


def _folders(checkout: Path) -> Iterator[tuple[Path, Path]]:
    for needed in ("functions", "layers", "sql"):
        if not (checkout / needed).is_dir():
            raise DeskError(f"There is no {needed}/ in {checkout}: it is not a complete checkout.")
    yield checkout / "functions", Path("functions")
    yield checkout / "sql", Path("opt")
    for layer in sorted((checkout / "layers").glob("*/python")):
        if layer.parent.name != THIRD_PARTY_LAYER:
            yield layer, Path("layers", layer.parent.name)


def _digest(sources: list[tuple[Path, Path]]) -> str:
    """A hash of every path and file, and of the interpreter, because compiled files are for one version only."""
    content = hashlib.sha256(sys.implementation.cache_tag.encode())
    for path, target in sources:
        data = path.read_bytes()
        content.update(f"\0{target.as_posix()}\0{len(data)}\0".encode())
        content.update(data)
    return content.hexdigest()[:16]


def _copy(sources: list[tuple[Path, Path]], root: Path) -> None:
    """Into a temporary folder that is renamed when complete: after a kill nothing incomplete has the real name."""
    with new_scratch(root.parent, DRAFT) as draft:
        (draft / "layers").mkdir()
        for path, target in sources:
            (draft / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, draft / target)
        # A file that does not compile is reported by its function at its first fire, as on AWS.
        compileall.compile_dir(draft, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
        try:
            draft.rename(root)
        except OSError:
            if not root.exists():  # else another command was faster
                raise


def _remove_old(deployments: Path) -> None:
    """Keeps the contents used last, and those that a running desk uses. A draft is its maker's."""
    newest_first = sorted(set(deployments.iterdir()) - set(deployments.glob(f"{DRAFT}*")), key=_used_at, reverse=True)
    for path in newest_first[KEPT:]:
        remove_unless_held(path)


def _used_at(path: Path) -> float:
    """0 when another command has removed it."""
    return path.stat().st_mtime if path.exists() else 0.0
