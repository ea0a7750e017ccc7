"""Seven answers make a product that runs at once; a wrong answer is named, and nothing is written."""

import errno
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from tests.cli.conftest import Watchbill
from tests.support.checkouts import Checkout
from watchbill.errors import DeskError
from watchbill.scaffold.questions import QUESTIONS, examples, read_answers
from watchbill.scaffold.writing import write_product

TWO = "tides https://tides.invalid/now.json hourly CC0; gauges https://gauges.invalid/all.json hourly 'by letter'"


@pytest.mark.slow
def test_a_new_product_runs_at_once_on_its_own_sample(copied_company: Checkout) -> None:
    env = {"VERTICAL": "coast"}
    written = copied_company.json("new-vertical", "coast", "--example", "--sources", TWO)

    day = copied_company.json("day", "--calm", "--hours", "2", env=env)
    [customer] = copied_company.json("customers", "list", env=env)
    filtered = copied_company.run(
        "customers", "add", "Odd", "--email", "odd@coast.invalid", "--filters", '{"at_least": 5}', env=env
    )
    whole = copied_company.run("template", env=env)
    drilled = copied_company.json("drill", "--fault", "renamed", "--fault", "idle", "--fault", "stale", env=env)

    assert "functions/scrape_gauges/MACHINE.md" in written["files"]
    assert {row["name"]: row["read"] > row["quarantined"] > 0 for row in day["pipelines"]} == {
        "tides": True,
        "gauges": True,
    }
    assert day["failed_fires"] == 0
    assert drilled["ok"], "what the product cannot have, and what is not stale before the end, is nobody's fault"
    assert [fault["name"] for fault in drilled["faults"] if fault["left_out"]] == ["renamed", "stale"]
    assert customer["last_status"] == "sent" and customer["last_subject"].startswith("Coast Wed 11 Mar:")
    assert filtered.returncode != 0 and "there is no filter at_least. There is: none." in filtered.stderr
    assert whole.returncode == 0 and "ScrapeGauges" in whole.stdout + (
        copied_company.root / "infra" / "template.coast.yaml"
    ).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("option", "answer", "expected"),
    [
        ("row", "one buoy", "cannot name a column"),
        ("sources", "tides hourly", "is not NAME URL RHYTHM TERMS"),
        ("sources", "tides https://tides.invalid/now.json weekly CC0", "is not NAME URL RHYTHM TERMS"),
        ("sources", f"{TWO}; tides https://tides.invalid/2.json daily CC0", "names one source twice"),
        ("stamp", "Measured At", "cannot name a column"),
        ("bad", "height is odd", "is not COLUMN LEAST MOST"),
        ("bad", "height 20 -5, drop 5 %, fresh 29 hours", "is not COLUMN LEAST MOST"),
        ("score", " ", "is empty"),
    ],
)
def test_a_decision_of_the_wrong_form_is_named_with_an_example(option: str, answer: str, expected: str) -> None:
    given = {**vars(examples()), option: answer}

    with pytest.raises(DeskError) as raised:
        read_answers(type(examples())(**given))

    [question] = [one for one in QUESTIONS if one.option == option]
    assert str(raised.value).startswith(f"--{option} ")
    assert expected in str(raised.value) and question.example in str(raised.value)


@pytest.mark.parametrize("name", ["Tides", "ti-des", "json", "class", "t", "company"])
def test_a_product_has_a_name_that_python_and_postgres_take(tmp_path: Path, name: str) -> None:
    with pytest.raises(DeskError, match=f"{name!r} cannot name a product"):
        write_product(tmp_path, name, read_answers(examples()))

    assert list(tmp_path.iterdir()) == []


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    decisions = read_answers(examples())
    write_product(tmp_path, "coast", decisions)
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(DeskError, match="coast exists already: layers/coast"):
        write_product(tmp_path, "coast", decisions)
    with pytest.raises(DeskError, match="scrape_tides exists already"):
        write_product(tmp_path, "shore", decisions)

    assert sorted(tmp_path.rglob("*")) == before


def test_a_write_that_fails_leaves_nothing_of_a_product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "infra").mkdir()
    real = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path == tmp_path / "infra" / "coast.yaml":
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return real(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DeskError, match=r"infra/coast.yaml cannot be written: Read-only file system\. Nothing was"):
        write_product(tmp_path, "coast", read_answers(examples()))

    assert list(tmp_path.rglob("*")) == [tmp_path / "infra"]


def test_missing_decisions_are_listed_with_examples(watchbill: Watchbill) -> None:
    result = watchbill("new-vertical", "coast", "--json", "--stamp", "at")

    assert result.code == 2
    assert [line.split()[0] for line in result.err.splitlines()[1:]] == [
        f"--{question.option}" for question in QUESTIONS if question.option != "stamp"
    ]


def test_each_question_is_asked_in_the_words_of_the_answers_before_it(
    watchbill: Watchbill, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {"1": "quake: one earthquake", "2": "bulletin https://b.invalid/day.json hourly CC0"}
    asked: list[tuple[str, str]] = []

    def prompt(text: str, default: str, **_: object) -> str:
        asked.append((text, default))
        return answers.get(text[0], default)

    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(typer, "prompt", prompt)
    monkeypatch.setattr("watchbill.scaffold.writing.write_product", lambda _, name, decisions: [decisions.key])

    result = watchbill("new-vertical", "tremor")

    assert (result.code, result.out.split()[0]) == (0, "quake")
    assert [text.split("?")[0] for text, _ in asked] == [
        "1. What is one row of tremor, and its id",
        "2. Which sources bring a quake, how often (hourly, 6-hourly, daily), under what terms",
        "3. Which field of bulletin holds the time of an edition",
        "4. What does a bad batch of bulletin look like",
        "5. When do two rows of different sources mean the same quake",
        "6. What does the score of a quake predict, and which later event proves it",
        "7. Who gets what of tremor, and what must never be sent",
    ]
    assert not [default for _, default in asked if {"buoy", "tides", "height", "harbours"} & set(default.split())]


@pytest.mark.parametrize("name", ["coast", "shore"])
def test_what_is_written_keeps_the_rules_of_format(tmp_path: Path, name: str) -> None:
    written = write_product(tmp_path, name, read_answers(examples()))
    sources = [tmp_path / path for path in written if path.endswith(".py")]

    assert len(sources) == 9
    for path in sources:
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        imports = [
            line for line in lines if line.startswith("from ") and line.split()[1].split(".")[0] in (name, "company")
        ]
        assert imports == sorted(imports) and max(map(len, lines)) <= 120, path
        compile(text, str(path), "exec")
