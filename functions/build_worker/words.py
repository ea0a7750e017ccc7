"""How build_worker drafts what a new word means: one line of its source's list, as its letters or the owner say."""

from build_worker.lines import DraftedLine, list_of
from company.errors import ToolError
from company.fire.fire import Fire
from company.pipeline.rows.meanings import meaning_of, seen_word
from company.sandbox.diffs import make_diff
from company.sandbox.in_force import source_in_force, text_in_force
from company.text.cleaning import visible
from company.text.wording import counted
from company.tools import reading_tool
from company.vertical.columns import MEANS, add_names

TEST = '''"""A word that was new is known."""

from datetime import datetime
from pathlib import Path

from company.vertical import load

SOURCE = load("{vertical}").source("{source}")
MOMENT = datetime.fromisoformat("{moment}")


def test_the_word_is_new_no_more() -> None:
    parsed = SOURCE.read_bytes(Path("document-{raw_id}").read_bytes(), MOMENT)
    assert {word!r} not in parsed.new_words.get({field!r}, {{}})
    assert parsed.staged > 0
'''


@reading_tool
def draft_word(fire: Fire, source: str, field: str, word: str) -> DraftedLine:
    """Drafts the change by which a new word means a known one: a line of the source's list, and a test.

    Only where its letters, or the owner's last answer, say which. Example: draft_word(source="x", field="state",
    word="Rejected.") gives {"diff": "--- a/x.toml ...", "documents": [41], ...}.
    """
    feed, seen = source_in_force(fire, source), seen_word(fire, source, field, word)
    means = meaning_of(fire, feed, field, word)
    if seen is None or means is None:
        raise ToolError(f"nobody has said what {visible(word)!r} means in {field} of {source}")
    file = list_of(fire, feed)
    text = text_in_force(fire, file)
    title = f"{source}: {visible(word)} in {field} means {means}"
    test = TEST.format(
        moment=fire.now.isoformat(),
        vertical=fire.vertical.name,
        source=source,
        raw_id=seen.raw_id,
        field=field,
        word=word,
    )
    return DraftedLine(
        diff=make_diff(file, text, add_names(text, [], words=[f"{field}: {word}{MEANS}{means}"])),
        test=test,
        documents=[seen.raw_id],
        title=title,
        reason=f"{counted(seen.times, 'row')} of raw document {seen.raw_id} had it first; its letters or its owner say "
        f"that it means {means}.",
    )
