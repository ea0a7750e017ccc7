"""Who does the work of a fire: the book, a model with the book behind it, or the book with a model in its shadow."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from company.budget import BudgetSpent
from company.errors import SettingsError
from company.outcomes import Done, Failed, Outcome
from company.trust import who_works

if TYPE_CHECKING:
    from company.session import Fire
    from company.thinking import Tally, Use

BOOK = "book"


def do_the_work(fire: "Fire") -> Outcome:
    """An employee's work by whoever the settings name and the owner trusts; a machine never thinks."""
    fire = replace(fire, worker=who_works(fire))
    if fire.worker == BOOK:
        return _by_the_book(fire)
    return _with_a_shadow(fire) if fire.worker == "shadow" else _by_the_model(fire)


def _by_the_book(fire: "Fire") -> Outcome:
    try:
        return fire.house.work(fire)
    except BudgetSpent as error:
        return Failed(str(error))


def _by_the_model(fire: "Fire") -> Outcome:
    tally, settled = _tally(fire), fire.house.before_thinking(fire)
    done, why = _think(fire, tally, lambda name, arguments: fire.use(name, **arguments))
    _record(fire, tally, worked_by="model" if done else BOOK)
    if done:
        return _with_duties(fire, replace(done, evidence={**done.evidence, **settled}))
    fire.brain.run("book_took_over", session_id=fire.session_id, reason=why)
    fire.learn("book", f"the book took over: {why}")
    fire.brain.run("give_back_tasks", session_id=fire.session_id)
    return _by_the_book(fire)


def _with_duties(fire: "Fire", done: Done) -> Outcome:
    """What must happen whoever thinks is plain code: a role's duties follow the model's finish, not by its leave.

    Their figures join the evidence; where a name is taken, the house's word stands.
    """
    try:
        return replace(done, evidence={**done.evidence, **fire.house.duties(fire, done)})
    except BudgetSpent as error:
        return Failed(str(error), evidence=done.evidence, closes=done.closes)


def _with_a_shadow(fire: "Fire") -> Outcome:
    from company.model.shadow import Shadow, differences

    tally, shadow = _tally(fire), Shadow(fire)
    said, why = _think(fire, tally, shadow.use)
    _record(fire, tally, worked_by=BOOK)
    fire.acts.clear()
    did = _by_the_book(fire)
    found = differences(shadow.acts, shadow.deeds(fire.acts), said, did)
    differ = len(found["acts"]) + len(found["figures"])
    body = f"the model came to no end: {why}" if why else f"model and book differ in {differ} things"
    fire.learn("shadow", body, differ=differ, **found)
    return did


def _tally(fire: "Fire") -> "Tally":
    from company.model.sizes import model_for
    from company.thinking import Tally

    return Tally(model=model_for(fire.settings, fire.record.model))


def _think(fire: "Fire", tally: "Tally", use: "Use") -> tuple[Done | None, str]:
    from company.model.port import LoopStopped, ModelDown, ModelMisconfigured, NoFinish
    from company.spending import Purse
    from company.thinking import Thinking

    try:
        model = fire.house.model()
        return Thinking(fire, model, Purse(fire), tally, use).run(), ""
    except ModelMisconfigured as error:
        fire.house.forget_model()
        _find_misconfigured(fire, str(error))
        return None, str(error)[:300]
    except (ModelDown, BudgetSpent, LoopStopped, NoFinish, SettingsError) as error:
        fire.log.warning("the model ended without an outcome", reason=str(error))
        return None, str(error)[:300]


def _find_misconfigured(fire: "Fire", why: str) -> None:
    """One open finding for the whole company, however many employees run into it: the key is one."""
    model = fire.settings.company_model
    fire.log.warning("the model refuses the company", model=model, reason=why)
    fire.brain.run("note_model_trouble", session_id=fire.session_id, model=model, why=why)


def _record(fire: "Fire", tally: "Tally", *, worked_by: str) -> None:
    facts: dict[str, Any] = {"model": tally.model, "turns": tally.turns, "tokens": tally.usage.as_json()}
    fire.brain.run("record_model_use", session_id=fire.session_id, worked_by=worked_by, cost_usd=tally.cost, **facts)
