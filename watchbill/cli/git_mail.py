"""A deployed change as git takes it: paths of the checkout instead of the deployed code's, in a mail for `git am`."""

import re
import textwrap

from company.sandbox.changes import ChangeInFull
from company.sandbox.in_force import is_of_statements

FILE_LINES = re.compile(r"^--- a/(.+)\n\+\+\+ b/(.+)$", re.M)
NEW_FILE = re.compile(r"^--- a/.+\n(?=\+\+\+ .+\n@@ -0,0 )", re.M)
PAGE = re.compile(r"[a-z0-9_]+/SKILL\.md")


def as_mail(row: ChangeInFull, product: str) -> str:
    """The mail. A line of its text that looked like the beginning of the diff would end the text: so it is indented."""
    lines = [
        f"From {'0' * 40} Mon Sep 17 00:00:00 2001",
        f"From: {row.author} <{row.author}@watchbill.invalid>",
        f"Date: {row.proposed_at:%a, %d %b %Y %H:%M:%S %z}",
        f"Subject: [change] {' '.join(row.title.split())[:90]}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        f"C-{row.id}: {' '.join((row.verdict or 'not judged yet').split())}",
        "",
        textwrap.indent(row.reason.strip(), "  "),
        "---",
        "",
    ]
    return "\n".join(lines) + NEW_FILE.sub("--- /dev/null\n", diff_in_checkout(row.diff, product)) + "-- \nwatchbill\n"


def diff_in_checkout(diff: str, product: str) -> str:
    """The diff with each file's path in the checkout."""

    def moved(lines: re.Match[str]) -> str:
        before, after = (path_in_checkout(file, product) for file in lines.groups())
        return f"--- a/{before}\n+++ b/{after}"

    return FILE_LINES.sub(moved, diff)


def path_in_checkout(file: str, product: str) -> str:
    """'layers/x/python/x/a.toml' of 'x/a.toml'; an employee's page is with the functions, statements are under sql/."""
    if PAGE.fullmatch(file):
        return f"functions/{file}"
    if is_of_statements(file, product):
        return f"sql/{file}"
    return f"layers/{product}/python/{file}" if file.startswith(f"{product}/") else file
