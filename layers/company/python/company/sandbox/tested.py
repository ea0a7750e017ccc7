"""What runs beside the code of a trial, in its process: tests, the readers of sources, and what writes pages.

All that it says is a claim of that code. It goes to the supervisor by a pipe, as lines of JSON, each followed by the
bytes that it announces.
"""

import json
import os
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import IO, TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from company.vertical import Deliveries, Facts, Source

SITE = "https://customers.example"
"""Stands for every signed address in a trial: no link of a customer's is made there."""


class Document(TypedDict):
    """A document to read: its file's name, its source, and the moment that replaces a missing stamp."""

    name: str
    source: str
    moment: NotRequired[str | None]
    with_keys: NotRequired[bool]


class Claim(TypedDict):
    """One line of the pipe. length: the bytes that follow it, which are the rows of a document in any fixed form."""

    name: str
    message: NotRequired[str]
    passed: NotRequired[int]
    keys: NotRequired[list[str]]
    digests: NotRequired[list[str]]
    rejects: NotRequired[int]
    words: NotRequired[dict[str, dict[str, int]]]
    unread: NotRequired[dict[str, int]]
    place: NotRequired[dict[str, str | int]]
    length: NotRequired[int]


def run_tests(*files: str) -> Iterator[tuple[Claim, bytes]]:
    """Every test_* of the files; the first that raises ends it, and so does a file without any."""
    passed, message = 0, "" if files else "there is no test in it"
    try:
        for file in files:
            passed += _run_file(file)
    except BaseException as error:
        message = f"{type(error).__name__}: {error}"[:500]
    yield {"name": "tests", "passed": passed, "message": message}, b""


def _run_file(file: str) -> int:
    with open(file, encoding="utf-8") as opened:
        text = opened.read()
    namespace: dict[str, object] = {"__name__": "test_change", "__file__": file}
    exec(compile(text, file, "exec"), namespace)
    tests = [thing for name, thing in namespace.items() if name.startswith("test_") and callable(thing)]
    for test in tests:
        test()
    if not tests:
        raise LookupError("there is no test in it")
    return len(tests)


def read_documents(vertical: str, documents: list[Document]) -> Iterator[tuple[Claim, bytes]]:
    """What each document holds as its source's reader reads it; a reader that fails gives its error."""
    from company.vertical import load

    product = load(vertical)
    for document in documents:
        yield _read(product.source(document["source"]), document)


def _read(source: "Source", document: Document) -> tuple[Claim, bytes]:
    stamp = document.get("moment")
    moment = datetime.fromisoformat(stamp) if stamp else None
    try:
        with open(document["name"], "rb") as file:
            parsed = source.read_bytes(file.read(), moment)
    except Exception as error:
        return {"name": document["name"], "message": f"{type(error).__name__}: {error}"[:300]}, b""
    lines = parsed.copy_text.splitlines()
    keys = [line.split(b"\t", 2)[1].decode() for line in lines] or [str(row[1]) for row in parsed.rows]
    rows = [line.partition(b"\t")[2] for line in lines] or [repr(row[1:]).encode() for row in parsed.rows]
    digests = [blake2b(row, digest_size=8).hexdigest() for row in rows] if document.get("with_keys") else []
    facts = (parsed.edition_at, parsed.version, list(parsed.rows), list(parsed.rejects))
    whole = repr(facts).encode() + parsed.copy_text
    words = {field: dict(known) for field, known in parsed.new_words.items()}
    claim: Claim = {"name": document["name"], "keys": keys, "digests": digests, "rejects": len(parsed.rejects)}
    return {**claim, "words": words, "unread": {field: one.count for field, one in parsed.unread.items()}}, whole


def write_pages(vertical: str, file: str, names: list[str]) -> Iterator[tuple[Claim, bytes]]:
    """Each page of a file of facts as the product writes it; of one that it cannot write, where its code failed.

    The file is a pickle that the company has made of its own rows. It is loaded here alone, where nothing can leave.
    """
    from company.vertical import load

    deliveries = load(vertical).deliveries
    assert deliveries is not None, "only a product with deliveries has pages"
    with open(file, "rb") as packed:
        pages = pickle.load(packed)
    for name in names:
        yield _write(deliveries, vertical, name, pages[name])


def _write(deliveries: "Deliveries", vertical: str, name: str, facts: "Facts") -> tuple[Claim, bytes]:
    from company.vertical import DashboardLink
    from company.vertical.code_places import place_of

    link = DashboardLink(f"{SITE}/dashboard", facts.until)
    try:
        page = deliveries.write(replace(facts, handle_address=_address, dashboard=link))
        headlines = [vars(deliveries.headline(item)) for item in page.items] if deliveries.headline else []
        whole = [page.subject, page.body, page.html, list(page.items), page.further, headlines]
        return {"name": name}, json.dumps(whole, default=str).encode()
    except Exception as error:
        return {"name": name, "place": vars(place_of(error, vertical))}, b""


def _address(entity: str) -> str:
    return f"{SITE}/handled/{entity}"


def write_claims(pipe: int, claims: Iterator[tuple[Mapping[str, object], bytes]]) -> None:
    """Writes them all, and closes the pipe."""
    with os.fdopen(pipe, "wb") as out:
        for claim, body in claims:
            out.write(json.dumps({**claim, "length": len(body)}).encode() + b"\n" + body)


def read_claims(pipe: IO[bytes], most: int) -> Iterator[tuple[Claim, bytes]]:
    """What was claimed, until the pipe ends. ValueError for what is no claim, or for more than so many bytes."""
    while line := pipe.readline(most):
        claim: Claim = json.loads(line)
        length = int(claim.get("length") or 0)
        most -= len(line) + length
        if most < 0 or length < 0:
            raise ValueError("it claims more than a trial may hold")
        yield claim, pipe.read(length)
