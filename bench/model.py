"""The cost of the model: each employee's boot context, a day at list prices, a fire compared with the SDK's bare loop.

The server implements the Messages API on loopback and counts a cache like the real one; its tokens are a quarter of
the characters. So shares and ratios are meaningful, and dollars are an estimate.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module
from itertools import count
from pathlib import Path
from statistics import mean
from types import SimpleNamespace
from typing import Any

from aws_lambda_powertools import Logger

from bench.database import CHECKOUT, VERTICAL, BenchDatabase
from bench.measure import Measurement, at_least, at_most, interleaved
from company.fire.session import run_fire
from company.fire.wiring import Container
from company.json_values import JsonObject
from company.log import Log
from company.records import read_record
from company.settings import Settings
from company.tools import load_tools
from company.vertical import load
from tests.support.messages_api import Body, MessagesApi, Reply, Says, finishes, messages_api, uses
from tests.support.model_days import model_day, tools_without_arguments, turn_of, who_asks
from watchbill.days.estimates import boots, tokens_of

ROLE = "data_manager"
TURNS = 5
ROUNDS = 30
THOUGHT = "What the last answer shows, what follows from it, and what to look at next. " * 6
CAP = 5.0


def context(database: BenchDatabase) -> Iterator[Measurement]:
    """The size of an employee's first call, compared with the average; a token is a quarter of the characters."""
    brain = database.brain("owner")
    product = tokens_of([load(VERTICAL).product])
    found = boots(brain, VERTICAL)
    average = mean(boot.total + product for boot in found)
    for boot in found:
        whole = boot.total + product
        what = f"{boot.role}: tools {boot.tools:,}, page and rules {boot.skill:,}, product {product:,} | average"
        yield Measurement(f"context-{boot.role}", what, whole, average, "tok", whole / average)


def day(_: BenchDatabase) -> Iterator[Measurement]:
    """A day on the sample in which every employee calls four tools, writes a text before each, and ends."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="watchbill-bench-")))
        ran = stack.enter_context(model_day(folder, _thoughtful, "--cap", str(CAP)))
        thought, asked, usages = ran.report["thought"], ran.api.asked, ran.api.usages
    later = [usage for ask, usage in zip(asked, usages, strict=True) if turn_of(ask) > 1]
    what = f"a company day at list prices ({len(asked)} calls) | its cap"
    yield Measurement("day", what, thought["usd"], CAP, "$", thought["usd"] / CAP)
    what = "input of later turns read from the cache | all of it"
    yield at_least("day-cached", what, _read(later), 1.0, unit="", limit=0.8)
    yield from _tokens(thought)


def _tokens(thought: JsonObject) -> Iterator[Measurement]:
    tokens = thought["tokens"]
    whole, read = sum(tokens.values()), tokens["cache_read"]
    kinds = ", ".join(f"{kind.replace('_', ' ')} {tokens[kind]:,}" for kind in ("input", "cache_write", "output"))
    what = f"tokens of the day ({kinds}) | of them read from the cache"
    yield Measurement("day-tokens", what, whole, read, "tok", whole / read)
    for role, one in sorted(thought["by_role"].items(), key=lambda pair: -pair[1]["usd"]):
        if took := sum(one["tokens"].values()):
            what = f"{role}: {one['fires'] - one['by_the_book']} fires, ${one['usd']:.4f}, tokens | all employees"
            yield Measurement(f"day-{role}", what, took, whole, "tok", took / whole)


def overhead(database: BenchDatabase) -> Iterator[Measurement]:
    """The same five turns with the same tools and answers of the same size, with and without the company."""
    with messages_api(_five_turns) as api:
        owner = database.brain("owner")
        owner.run("set_spending_limit", whose="company", unit="usd", most=1000)
        owner.run("set_approval", action="act_by_model", level="open")
        container, numbers, bare_client = _container(database, api), count(), _bare_client(api)
        ours, bare = interleaved(
            lambda: _fire(container, next(numbers)), lambda: _bare_loop(bare_client, api.asked[0]), rounds=ROUNDS
        )
    yield at_most("think", f"a fire of {TURNS} turns, from event to closed slot | the SDK's bare loop", ours, bare)
    what = "what the company adds to a turn: money, tool, log, its share of boot and close | the bare turn"
    yield at_most("think-turn", what, (ours - bare) / TURNS, bare / TURNS)


def _thoughtful(body: Body) -> Reply:
    if who_asks(body)[0] == "ceo" and turn_of(body) == TURNS - 1:
        return _text_and_call("write_brief") if "write_brief" in str(body["tools"]) else finishes(looked_at=1)
    turn, tools = turn_of(body), tools_without_arguments(body)
    return _text_and_call(tools[turn - 1]) if turn <= min(TURNS - 1, len(tools)) else finishes(looked_at=turn)


def _text_and_call(tool: str) -> Says:
    return Says([{"type": "text", "text": THOUGHT}, *uses((tool, {})).content])


def _read(usages: list[Body]) -> float:
    read = sum(int(usage["cache_read_input_tokens"]) for usage in usages)
    return read / sum(int(n) for usage in usages for kind, n in usage.items() if kind != "output_tokens")


def _five_turns(body: Body) -> Reply:
    turn = turn_of(body)
    return uses(("task_figures", {"hours": turn})) if turn < TURNS else finishes(looked_at=turn)


def _container(database: BenchDatabase, api: MessagesApi) -> Container:
    record = read_record(CHECKOUT / "functions" / ROLE)
    known = {name.lower(): value for name, value in database.environment(ROLE).items()}
    by_model = {"company_model": "anthropic", "anthropic_base_url": api.url, "anthropic_api_key": "bench"}
    quiet = Log(Logger(service="bench", level="CRITICAL"), {})
    tools = load_tools(record.tools, import_module(f"{ROLE}.tools"))
    return Container(
        Settings.model_validate(known | by_model), record, import_module(f"{ROLE}.book").ROLE, tools, quiet
    )


def _fire(container: Container, number: int) -> None:
    due_at = container.brain().now().isoformat()
    event = {"role": ROLE, "schedule": f"by-hand-{number}", "due_at": due_at, "attempt": "1"}
    done = run_fire(container, event, SimpleNamespace(aws_request_id=f"bench-{number}"))
    assert done["outcome"] == "done", done


def _bare_client(api: MessagesApi) -> Any:
    import anthropic

    return anthropic.Anthropic(api_key="bench", base_url=api.url, max_retries=0)


def _bare_loop(client: Any, first: Body) -> None:
    """The loop of the SDK's examples: ask, answer each tool, until it finishes. first is the first request."""
    messages: list[Any] = [first["messages"][0]]
    same = {name: first[name] for name in ("model", "system", "tools", "max_tokens")}
    while True:
        answer = client.messages.create(messages=messages, **same)
        called = [block for block in answer.content if block.type == "tool_use"]
        if any(block.name == "finish" for block in called):
            return
        results = [{"type": "tool_result", "tool_use_id": block.id, "content": ANSWER} for block in called]
        messages += [{"role": "assistant", "content": answer.content}, {"role": "user", "content": results}]


ANSWER = '{"open": 0, "blocked": 0, "filed": 0, "completed": 0, "failed": 0, "open_before": 0}'
