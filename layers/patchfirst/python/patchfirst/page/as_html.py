"""A customer's page as HTML for a mail reader: no image, no script, nothing that is loaded, readable in the dark."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from patchfirst.page.sections import Content


def page_as_html(content: Content) -> str:
    """Every text is escaped; addresses are ours, or of links that we signed."""
    return _template().render(page=content)


@cache
def _template() -> Template:
    written = (Path(__file__).parent / "mail.html.j2").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        written
    )
