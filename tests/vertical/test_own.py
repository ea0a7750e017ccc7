"""The product's own tests, which go with its layer: they pass, and each of them would notice what it is there for."""

from dataclasses import replace
from pathlib import Path

import pytest

from company.sandbox import OWN_TESTS, code_root
from company.sandbox.tested import run_tests
from patchfirst import vertical
from patchfirst.sources.kev import RANSOMWARE

FILES = sorted(str(file) for file in (Path(code_root("patchfirst")) / "patchfirst" / OWN_TESTS).glob("test_*.py"))


def _message() -> str:
    [(claim, _)] = run_tests(*FILES)
    return str(claim.get("message", ""))


def test_the_tests_that_go_with_the_product_pass() -> None:
    assert FILES
    assert _message() == ""


def test_a_check_that_is_gone_and_a_word_that_is_guessed_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as weaker:
        weaker.setattr(vertical, "VERTICAL", replace(vertical.VERTICAL, checks=vertical.VERTICAL.checks[1:]))
        assert "AssertionError" in _message()
    monkeypatch.setitem(RANSOMWARE, "suspected", True)
    assert "a word is guessed" in _message()
