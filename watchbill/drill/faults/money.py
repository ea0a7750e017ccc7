"""Faults of the model and of money: an endpoint that is dead, and a loop that spends."""

from datetime import timedelta
from functools import partial

from company.brain import Brain
from company.errors import Refused
from watchbill.drill.fault import HOUR, Fault, Planted, at_hour
from watchbill.drill.room import Room

CALL = {"model": "claude-haiku-4-5", "most_input": 4000, "most_output": 1000}
SPENDER = "research_worker"
CAP_USD, USUAL_USD = "0.03", "2.00"
MOST_CALLS = 50
DEAD = "http://127.0.0.1:9"


def model_down(room: Room) -> Planted:
    """Everybody works by a model whose endpoint refuses every connection."""
    room.mark("model_down", "anthropic", note="the model's endpoint is dead")
    before = _let_models_act(room, "open")
    redeploy = room.redefine_all(COMPANY_MODEL="anthropic", ANTHROPIC_BASE_URL=DEAD, ANTHROPIC_API_KEY="planted")

    def heal() -> None:
        redeploy()
        _let_models_act(room, before)

    return Planted("the model's endpoint refuses every connection", frozenset({"anthropic"}), heal)


def runaway_loop(room: Room) -> Planted:
    """An employee asks the model again and again, until the company's money of the day is spent."""
    room.mark("runaway_loop", "company", note="an employee spends the company's money of the day")
    set_limit(room, CAP_USD)
    with room.session(SPENDER) as (brain, session):
        calls = sum(1 for _ in range(MOST_CALLS) if _call(brain, session))
        brain.run("note_spending_refused", session_id=session, **CALL)
        brain.run("close_session", session_id=session, outcome="failed", evidence=None, reason="the budget is spent")
    says = f"{SPENDER} asked the model {calls} times in a loop, until a limit stopped it"
    return Planted(says, frozenset({"company"}), partial(set_limit, room, USUAL_USD), SPENDER, room.now)


def _let_models_act(room: Room, level: str) -> str:
    """Returns the level of before: a drill by models goes on by them."""
    with room.desk.brain() as brain:
        before = str(brain.value("approval_level", action="act_by_model"))
        brain.run("set_approval", action="act_by_model", level=level)
    return before


def set_limit(room: Room, usd: str) -> None:
    with room.desk.brain() as brain:
        brain.run("set_spending_limit", whose="company", unit="usd", most=usd)


def _call(brain: Brain, session: int) -> bool:
    try:
        brain.value("reserve_spend", session_id=session, **CALL)
    except Refused:
        return False
    return True


FAULTS = (
    Fault("model_down", "the model is down", model_down, ("model_endpoint",), 0, at_hour(20, 10), 2 * HOUR, 2 * HOUR,
          aftermath=HOUR),
    Fault("runaway_loop", "a runaway loop burns money", runaway_loop, ("budget_spent",), 3, at_hour(16), HOUR,
          timedelta(minutes=10), by=("heartbeat",), rings=True, takes=frozenset({SPENDER})),
)  # fmt: skip
