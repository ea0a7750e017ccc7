"""Changes of a reader and of tests that look right: each is refused by the form of its code, before it runs."""

from pathlib import Path

import pytest

from build_auditor.code_rules import broken_by_code, known_by_heart, weakened_tests
from patchfirst import own_tests
from patchfirst.sources import kev

READER = Path(kev.__file__).read_text()
TESTS = (Path(own_tests.__file__).parent / "test_sources.py").read_text()
AT = "def _row("
HONEST = {
    "another key": ('entry.get("cveID")', '(entry.get("cveID") or entry.get("cve_id"))'),
    "a helper": (
        AT,
        f"def _first(entry, names):\n    return next((entry[n] for n in names), None)\n\n\n{AT}",
    ),
    "another word": ('{"known": True,', '{"known": True, "confirmed": True,'),
    "a narrow except": (
        AT,
        f"def _n(v):\n    try:\n        v()\n    except ValueError:\n        return 0\n\n\n{AT}",
    ),
}
ATTACKS = {
    "no Python": (AT, "def _row(:", "no Python"),
    "a module of the system": ("import json\n", "import json\nimport os\n", "imports os"),
    "a module by another name": ("import json\n", "import json\nfrom os import path as p\n", "imports os"),
    "a socket": ("import json\n", "import json\nimport socket\n", "imports socket"),
    "the brain": ("import json\n", "import json\nfrom company.brain import Brain\n", "imports company.brain"),
    "a file of the company": ("import json\n", "import json\nfrom company.text.files import read_utf8\n", "t.files"),
    "a file by its module": (AT, f"def _p():\n    return read_json.__globals__\n\n\n{AT}", "__globals__"),
    "recorded files": ("import json\n", "import json\nfrom patchfirst.recorded import recorded\n", "t.recorded"),
    "a path": (AT, f"def _p():\n    return columns_of.Path('/proc')\n\n\n{AT}", "reaches for Path"),
    "the environment": (AT, f"def _e():\n    return json.codecs.os.environ\n\n\n{AT}", "reaches for environ"),
    "a file": (AT, f"def _f(n):\n    return open(n).read()\n\n\n{AT}", "reaches for open"),
    "a file by another name": (AT, f"read = open\n\n\n{AT}", "reaches for open"),
    "code that is text": (AT, f"def _c(t):\n    return eval(t)\n\n\n{AT}", "reaches for eval"),
    "a name by its text": (AT, f"def _g(o, n):\n    return getattr(o, n)\n\n\n{AT}", "reaches for getattr"),
    "subclasses": (AT, f"def _s():\n    return ().__class__.__base__.__subclasses__()\n\n\n{AT}", "__subclasses__"),
    "builtins": (AT, f"def _b():\n    return __builtins__\n\n\n{AT}", "__builtins__"),
    "another day": (AT, f"def _d():\n    return datetime.now(UTC).year > 2026\n\n\n{AT}", "reaches for now"),
    "a bare except": (AT, f"def _x(v):\n    try:\n        v()\n    except:\n        return 0\n\n\n{AT}", "everything"),
    "a broad except": (AT, f"def _x(v):\n    try: v()\n    except (OSError, Exception): pass\n\n\n{AT}",
                       "everything"),
    "a broad suppress": (AT, f"def _x(v):\n    with suppress(BaseException):\n        v()\n\n\n{AT}", "everything"),
    "work at import": (AT, f"for n in range(3):\n    NEEDED += (str(n),)\n\n\n{AT}", "when it is imported"),
    "a call at import": (AT, f"parse(b'')\n\n\n{AT}", "when it is imported"),
    "a check of others": (AT, f"def _w():\n    Details.count = None\n\n\n{AT}", "not its own"),
    "a name of the module": (AT, f"def _w():\n    global NEEDED\n    NEEDED = ()\n\n\n{AT}", "not its own"),
    "an empty list is fine": ('        raise Malformed("the list is empty")', "        pass", "refuses less"),
    "what is unread is not counted": ("        details.count(FLAG, value)", "        pass", "refuses less"),
    "a looser limit": ("A_DAY = timedelta(days=1)", "A_DAY = timedelta(days=99)", "takes '1' away"),
    "one needed column less": ('    "dueDate",\n', "", "takes"),
    "a condition that never holds": ("    if not document[LIST]:", "    if not document[LIST] and False:", "constant"),
    "a turned condition": ("    if not document[LIST]:", "    if document[LIST] is None:", "otherwise"),
    "rows": (AT, f"ROWS = {tuple(range(40))}\n\n\n{AT}", "a list of 40 constants"),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_change_of_a_reader_breaks_nothing(name: str) -> None:
    old, new = HONEST[name]
    assert old in READER

    assert broken_by_code(READER, READER.replace(old, new, 1)) == []


@pytest.mark.parametrize("name", ATTACKS)
def test_a_change_that_looks_right_is_refused_with_what_it_does(name: str) -> None:
    old, new, said = ATTACKS[name]
    assert old in READER

    assert said in "; ".join(broken_by_code(READER, READER.replace(old, new, 1)))


@pytest.mark.parametrize(
    "code",
    ["X = 'CVE-2026-90001'", "X = '90001'", "X = 90001", "X = b'CVE-2026-9'", "def f(n): return f'CVE-2026-9{n:04}'"],
)
def test_rows_that_stand_in_the_code_are_named(code: str) -> None:
    assert known_by_heart("", code, ["CVE-2026-90001", "CVE-2026-90002"])
    assert not known_by_heart(code, code, ["CVE-2026-90001"])
    assert not known_by_heart("", "X = 'cveMetadata'", ["CVE-2026-90001"])


FIRST = "def test_every_row_has_its_own_key() -> None:"
WEAKER = {
    "a test that is gone": (FIRST, "def helper() -> None:", "is gone"),
    "an early end": (FIRST, f"{FIRST}\n    return", "is another"),
    "a smaller number": ("ENTRIES = 12", "ENTRIES = 0", "ENTRIES is another"),
    "another document": (
        "def read_document(",
        "def read_document(name, body):\n    return None\n\n\ndef _old(",
        "another",
    ),
    "the same name once more": (FIRST, f"{FIRST}\n    pass\n\n\n{FIRST}", "again"),
    "a name that hides it": ("AT = datetime(2026, 3, 11, 12, tzinfo=UTC)", "AT = None", "AT is another"),
}


@pytest.mark.parametrize("name", WEAKER)
def test_a_test_that_is_weakened_is_named(name: str) -> None:
    old, new, said = WEAKER[name]
    assert old in TESTS

    assert said in "; ".join(weakened_tests(TESTS, TESTS.replace(old, new, 1)))


def test_a_test_that_is_added_weakens_nothing() -> None:
    assert weakened_tests(TESTS, f"{TESTS}\n\ndef test_more() -> None:\n    assert ENTRIES == 12\n") == []
    assert weakened_tests("", "def test_first() -> None:\n    assert True\n") == []
