"""The text of a test that a trial runs, and a machine that can hold none."""

from pathlib import Path

import pytest

from company import sandbox


def trial_text(*lines: str) -> str:
    """One test function with these lines."""
    return "def test_it():\n" + "".join(f"    {line}\n" for line in lines)


def lame_inside(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """From here on each trial begins on a machine without seccomp."""
    lame = folder / "lame.py"
    as_on_a_mac = '    import platform\n    platform.system = lambda: "Darwin"\n    main()\n'
    lame.write_text(sandbox.INSIDE.read_text().replace("    main()\n", as_on_a_mac))
    monkeypatch.setattr(sandbox, "INSIDE", lame)
