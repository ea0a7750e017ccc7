"""What a change of a source's reader, or of the product's own tests, may not do, by the form of its code alone.

It is looked at before anything of it runs. What a reader then does with documents the replay shows; this is for what
no document shows: code that waits for another day, reaches elsewhere, hides errors, or knows its rows by heart.
"""

import ast
from collections import Counter
from collections.abc import Collection

from company.text.wording import counted

IMPORTABLE = frozenset({
    "__future__", "bisect", "collections", "collections.abc", "csv", "dataclasses", "datetime", "decimal",
    "email.utils", "enum", "functools", "itertools", "json", "math", "operator", "re", "string", "types", "typing",
    "unicodedata", "urllib.parse", "zoneinfo",
})  # fmt: skip
OURS = frozenset({"company.vertical.details", "company.text.decoding", "company.text.cleaning", "company.json_values"})
"""Of the company, what readers are made of. What else a reader needs of it or of its product it has already."""
REACHING = frozenset({
    "open", "exec", "eval", "compile", "__import__", "globals", "locals", "vars", "getattr", "setattr", "delattr",
    "input", "breakpoint", "os", "sys", "subprocess", "socket", "ctypes", "importlib", "import_module", "builtins",
    "inspect", "gc", "environ", "getenv", "now", "today", "utcnow", "random", "time", "time_ns", "Path", "pathlib",
    "io", "tempfile", "shutil", "glob", "read_utf8", "scratch_file", "SpooledTemporaryFile", "psycopg", "boto3",
    "urllib3", "http", "threading", "multiprocessing", "asyncio", "signal", "pickle", "marshal", "codecs",
    "linecache", "tokenize", "runpy", "pkgutil",
})  # fmt: skip
"""Names of what leads out of a reader: to files, the environment, the clock, other code."""
BROAD = frozenset({"Exception", "BaseException"})
LONGEST_LIST = 12
"""Constants in one new list: more are rows."""
LEAST_LETTERS = 5
"""Of a constant that is compared with keys; shorter ones are words."""
DEFINES = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)


def broken_by_code(before: str, after: str) -> list[str]:
    """What a reader's new text does that it may not."""
    try:
        was, becomes = ast.parse(before), ast.parse(after)
    except (SyntaxError, ValueError, RecursionError) as error:
        return [f"it is no Python: {error}"]
    return [
        *(f"it imports {name}" for name in sorted(_imported(becomes) - _imported(was) - IMPORTABLE - OURS)),
        *(f"it reaches for {name}" for name in _more(_names(was), _names(becomes), REACHING)),
        *(f"it uses {name}" for name in _more(_names(was), _names(becomes)) if name.startswith("__")),
        *(["it catches everything"] if _broad(becomes) > _broad(was) else []),
        *(["it does something when it is imported"] if _runs(becomes) > _runs(was) else []),
        *(["it writes into something that is not its own"] if _writes(becomes) > _writes(was) else []),
        *(["it refuses less"] if _refusals(becomes) < _refusals(was) else []),
        *(f"it takes {value!r:.40} away" for value in sorted(_values(was) - _values(becomes))),
        *(["it compares otherwise"] if _comparisons(was) - _comparisons(becomes) else []),
        *(["it decides by a constant"] if _decided(becomes) > _decided(was) else []),
        *([f"it has a list of {counted(_longest(becomes), 'constant')}"] if _has_list(was, becomes) else []),
    ]


def weakened_tests(before: str, after: str) -> list[str]:
    """The tests and helpers of before that are gone or say something else: tests are added, and nothing beside."""
    try:
        was, becomes = _parts(before), _parts(after)
    except (SyntaxError, ValueError, RecursionError) as error:
        return [f"it is no Python: {error}"]
    lost = [f"{name} is {'another' if name in becomes else 'gone'}" for name in was if becomes.get(name) != was[name]]
    again = [name for name, times in _defined(after).items() if times > _defined(before).get(name, 0) and name in was]
    return [*lost, *(f"{name} is defined again" for name in again)]


def _imported(module: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(f"{'.' * node.level}{node.module or ''}")
    return found


def _names(module: ast.Module) -> Counter[str]:
    """How often each name and attribute occurs, and each name that is imported."""
    found: Counter[str] = Counter()
    for node in ast.walk(module):
        if isinstance(node, ast.Name):
            found[node.id] += 1
        elif isinstance(node, ast.Attribute):
            found[node.attr] += 1
        elif isinstance(node, ast.alias):
            found[node.name.rpartition(".")[2]] += 1
    return found


def _more(was: Counter[str], becomes: Counter[str], wanted: Collection[str] | None = None) -> list[str]:
    return sorted(name for name in becomes - was if wanted is None or name in wanted)


def _broad(module: ast.Module) -> int:
    handlers = [node.type for node in ast.walk(module) if isinstance(node, ast.ExceptHandler)]
    suppressed = [
        argument
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and _called(node) == "suppress"
        for argument in node.args
    ]
    return sum(kind is None or _is_broad(kind) for kind in [*handlers, *suppressed])


def _is_broad(kind: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id in BROAD for node in ast.walk(kind))


def _runs(module: ast.Module) -> int:
    """Statements of the module itself that are no definition, and no text."""
    return sum(not isinstance(node, DEFINES) and not _is_text(node) for node in module.body)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _writes(module: ast.Module) -> int:
    """Assignments to attributes, and to names of the module from within a function."""
    return sum(
        isinstance(node, ast.Global | ast.Nonlocal)
        or (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del))
        for node in ast.walk(module)
    )


def _refusals(module: ast.Module) -> int:
    """Where a reader says that something is wrong: what it raises, rejects and counts."""
    says = {"Malformed", "NothingNew", "Reject", "reject_of", "count", "note_word"}
    return sum(
        isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and _called(node) in says)
        for node in ast.walk(module)
    )


def _values(module: ast.Module) -> Counter[str]:
    """Every constant but the texts that only explain."""
    texts = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    return Counter(repr(n.value) for n in ast.walk(module) if isinstance(n, ast.Constant) and id(n) not in texts)


def _comparisons(module: ast.Module) -> Counter[str]:
    nodes = [op for node in ast.walk(module) if isinstance(node, ast.Compare) for op in node.ops]
    return Counter(type(node).__name__ for node in [*nodes, *(n for n in ast.walk(module) if isinstance(n, ast.Not))])


def _decided(module: ast.Module) -> int:
    """Conditions that are, or have in them, a constant alone."""
    tests = [node.test for node in ast.walk(module) if isinstance(node, ast.If | ast.IfExp | ast.While)]
    parts = [value for node in ast.walk(module) if isinstance(node, ast.BoolOp) for value in node.values[:-1]]
    ands = [v for node in ast.walk(module) if isinstance(node, ast.BoolOp) for v in node.values if _is_flag(v)]
    return sum(isinstance(node, ast.Constant) for node in [*tests, *parts]) + len(ands)


def _is_flag(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, bool)


def _called(node: ast.Call) -> str:
    function = node.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def known_by_heart(before: str, after: str, keys: Collection[str]) -> list[str]:
    """The new constants of a text that are a key of a document, or a part of one: its rows stand in the code."""
    new = constants_of(after) - constants_of(before)
    long = sorted(text for text in new if len(text) >= LEAST_LETTERS)
    return [f"it has {text[:40]} by heart" for text in long if any(text in key or key in text for key in keys)]


def _has_list(was: ast.Module, becomes: ast.Module) -> bool:
    return _longest(becomes) > max(_longest(was), LONGEST_LIST)


def constants_of(text: str) -> set[str]:
    """Every constant of a text, as letters."""
    values = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
    texts = {value if isinstance(value, str) else str(value) for value in values if not isinstance(value, bytes)}
    return texts | {value.decode("utf-8", "replace") for value in values if isinstance(value, bytes)}


def _longest(module: ast.Module) -> int:
    found = [len(node.elts) for node in ast.walk(module) if isinstance(node, ast.List | ast.Tuple | ast.Set)]
    return max([*found, *(len(node.keys) for node in ast.walk(module) if isinstance(node, ast.Dict))], default=0)


def _parts(text: str) -> dict[str, str]:
    """By name, what a module of tests defines; under a number, everything else that it does."""
    parts: dict[str, str] = {}
    for number, node in enumerate(ast.parse(text).body):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            parts[node.name] = ast.dump(node)
        elif not isinstance(node, ast.Import | ast.ImportFrom) and not _is_text(node):
            parts[_assigned(node) or f"statement {number}"] = ast.dump(node)
    return parts


def _assigned(node: ast.stmt) -> str:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return ", ".join(sorted(one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)))


def _defined(text: str) -> Counter[str]:
    return Counter(node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef | ast.ClassDef))
