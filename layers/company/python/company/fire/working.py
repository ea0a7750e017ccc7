"""Who does the work of a fire: the book, a model with the book behind it, or the book with a model in its shadow."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from company.errors import SettingsError
from company.fire.fire import Fire
from company.fire.wiring import Container
from company.money.budget import BudgetSpent
from company.outcomes import Done, Failed, Outcome
from company.owner.approvals import choose_worker

if TYPE_CHECKING:
    from company.model.conversation import Tally, Use

BOOK = "book"


def do_the_work(container: Container, fire: Fire) -> Outcome:
    """An employee's work by whoever the settings name and the owner trusts; a machine never thinks."""
    fire = replace(fire, worker=choose_worker(fire))
    if fire.worker == BOOK:
        return _by_the_book(container, fire)
    return _with_a_shadow(container, fire) if fire.worker == "shadow" else _by_the_model(container, fire)


def _by_the_book(container: Container, fire: Fire) -> Outcome:
    try:
        return container.code.work(fire)
    except BudgetSpent as error:
        return Failed(str(error))


def _by_the_model(container: Container, fire: Fire) -> Outcome:
    tally, settled = _tally(fire), container.code.before_thinking(fire)
    done, why = _think(container, fire, tally, fire.use_named)
    _record(fire, tally, worked_by="model" if done else BOOK)
    if done:
        return _with_duties(container, fire, replace(done, evidence={**done.evidence, **settled}))
    fire.brain.run("book_took_over", session_id=fire.session_id, reason=why)
    fire.learn("book", f"the book took over: {why}")
    fire.brain.run("give_back_tasks", session_id=fire.session_id)
    return _by_the_book(container, fire)


def _with_duties(container: Container, fire: Fire, done: Done) -> Outcome:
    """What must happen whoever thinks is plain code: a role's duties follow the model's finish, not by its leave.

    Their figures join the evidence; where a name is taken, the house's word stands.
    """
    try:
        return replace(done, evidence={**done.evidence, **container.code.duties(fire, done)})
    except BudgetSpent as error:
        return Failed(str(error), evidence=done.evidence, closes=done.closes)


def _with_a_shadow(container: Container, fire: Fire) -> Outcome:
    from company.model.shadow import Shadow, differences

    tally, shadow = _tally(fire), Shadow(fire)
    said, why = _think(container, fire, tally, shadow.use)
    _record(fire, tally, worked_by=BOOK)
    fire.journal.forget_tools()
    did = _by_the_book(container, fire)
    found = differences(shadow.acts, shadow.deeds(fire.journal.tools_used), said, did)
    differ = len(found["acts"]) + len(found["figures"])
    body = f"the model came to no end: {why}" if why else f"model and book differ in {differ} things"
    fire.learn("shadow", body, differ=differ, **found)
    return did


def _tally(fire: Fire) -> "Tally":
    from company.model.conversation import Tally
    from company.model.sizes import model_for

    return Tally(model=model_for(fire.settings, fire.record.model))


def _think(container: Container, fire: Fire, tally: "Tally", use: "Use") -> tuple[Done | None, str]:
    from company.model.conversation import Thinking
    from company.model.port import LoopStopped, ModelDown, ModelMisconfigured, NoFinish
    from company.money.spending import Purse

    try:
        model = container.model()
        return Thinking(fire, model, Purse(fire), tally, use).run(), ""
    except ModelMisconfigured as error:
        container.forget_model()
        _find_misconfigured(fire, str(error))
        return None, str(error)[:300]
    except (ModelDown, BudgetSpent, LoopStopped, NoFinish, SettingsError) as error:
        fire.log.warning("the model ended without an outcome", reason=str(error))
        return None, str(error)[:300]


def _find_misconfigured(fire: Fire, why: str) -> None:
    """One open finding for the whole company, however many employees run into it: the key is one."""
    model = fire.settings.company_model
    fire.log.warning("the model refuses the company", model=model, reason=why)
    fire.brain.run("note_model_trouble", session_id=fire.session_id, model=model, why=why)


def _record(fire: Fire, tally: "Tally", *, worked_by: str) -> None:
    facts: dict[str, Any] = {"model": tally.model, "turns": tally.turns, "tokens": tally.usage.as_json()}
    fire.brain.run("record_model_use", session_id=fire.session_id, worked_by=worked_by, cost_usd=tally.cost, **facts)
