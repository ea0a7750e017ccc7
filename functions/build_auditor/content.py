"""The content of a layer version: the product's package as it is in force, with one more change."""

import hashlib
import io
import zipfile
from collections.abc import Iterator

from company.fire.fire import Fire
from company.sandbox import code_root
from company.sandbox.diffs import apply_diff, files_of, part_of
from company.sandbox.in_force import diffs_in_force, released_text

FOLDER = "python"
"""Where Lambda looks for packages in a layer of Python."""
OLDEST = (1980, 1, 1, 0, 0, 0)
"""The same files make the same archive, whenever it is made."""


def packed_layer(fire: Fire, diff: str) -> tuple[bytes, str]:
    """The archive and its sha256; DiffError when the change does not fit what is in force."""
    package = fire.vertical.name
    texts = _changed_texts(fire, [*(change.diff for change in diffs_in_force(fire)), diff])
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in sorted({**dict(_files(package)), **texts}.items()):
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", OLDEST)
            entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            packed.writestr(entry, body)
    body = archive.getvalue()
    return body, hashlib.sha256(body).hexdigest()


def _changed_texts(fire: Fire, diffs: list[str]) -> dict[str, bytes]:
    texts = dict[str, str]()
    for diff in diffs:
        for file in files_of(diff):
            text = texts[file] if file in texts else released_text(fire, file)
            texts[file] = apply_diff(text, part_of(diff, file))
    return {file: text.encode() for file, text in texts.items()}


def _files(package: str) -> Iterator[tuple[str, bytes]]:
    root = code_root(package)
    for path in (root / package).rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(root).as_posix(), path.read_bytes()
