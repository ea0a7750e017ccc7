"""For hiring and retiring: a role's block in a template, edited as text, so that comments and order are kept."""

import re
from dataclasses import dataclass

from watchbill.errors import DeskError

NEXT_KEY = re.compile(r"^( {0,2}\S)", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A role's function and log group in the text of a template."""

    role: str
    start: int
    end: int
    text: str


def camel(role: str) -> str:
    """data_worker -> DataWorker, the function's logical id."""
    return "".join(word.capitalize() for word in role.split("_"))


def find_block(text: str, role: str) -> Block | None:
    """From the first line of the function to the end of its log group."""
    name = camel(role)
    first = re.search(rf"^  {name}:", text, re.MULTILINE)
    if first is None:
        return None
    log = re.compile(rf"^  {name}Log:", re.MULTILINE).search(text, first.end())
    following = NEXT_KEY.search(text, (log or first).end())
    end = following.start() if following else len(text)
    return Block(role, first.start(), end, text[first.start() : end].rstrip("\n") + "\n")


def with_copy(text: str, like: str, role: str, schedule: str | None = None) -> str:
    """The template with a new block after the neighbour's, and its errors in the neighbour's alarm."""
    block = find_block(text, like)
    if block is None:
        raise DeskError(f"The template has no block {camel(like)} to copy.")
    copy = renamed(block.text, like, role)
    if schedule:
        copy = re.sub(r"(ScheduleExpression: ).*", lambda found: found[1] + schedule, copy)
    text = f"{text[: block.start]}{block.text}\n{copy}\n{text[block.end :]}"
    metric = find_metric(text, like)
    return text if metric is None else text.replace(metric, metric + renamed(metric, like, role), 1)


def without(text: str, role: str) -> str:
    """The template without a role's block and without its place in an alarm."""
    block = find_block(text, role)
    if block is not None:
        text = text[: block.start] + text[block.end :]
    metric = find_metric(text, role)
    return text if metric is None else text.replace(metric, "", 1)


def lines_needing(text: str, role: str) -> list[tuple[int, str]]:
    """The lines outside of a role's own parts that refer to its function, log group or address, with their numbers."""
    block = find_block(text, role)
    for own in filter(None, (block.text if block else None, find_metric(text, role))):
        text = text.replace(own, "\n" * own.count("\n"), 1)
    needs = re.compile(rf"(?:!Ref |!GetAtt |Ref: |\$\{{)['\"]?{camel(role)}(?:Log|Url|Role)?\b")
    return [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if needs.search(line)]


def find_metric(text: str, role: str) -> str | None:
    """A role's lines in the alarm of its domain."""
    found = re.search(rf"^        - Id: {role}\n(?:          .*\n)+", text, re.MULTILINE)
    return found[0] if found else None


def renamed(text: str, like: str, role: str) -> str:
    """A neighbour's text with the new role's name, in both spellings; its login is ${Company}_<role>."""
    text = re.sub(rf"(?:\b|(?<=\}}_)){like}\b", role, text)
    return re.sub(rf"\b{camel(like)}(?=Log\b|\b)", camel(role), text)
