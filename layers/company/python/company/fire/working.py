"""Who does the work of a fire: the book, a model with the book behind it, or the book with a model in its shadow."""

from dataclasses import replace
from typing import TYPE_CHECKING

from company.errors import SettingsError
from company.fire.fire import Fire, Worker
from company.fire.wiring import Container
from company.money.budget import BudgetSpent
from company.outcomes import Done, Failed, Outcome, Worked
from company.owner.answer_time import answer_by
from company.owner.approvals import note_question
from company.text.wording import counted

if TYPE_CHECKING:
    from company.model.conversation import ConversationTotals, UseTool

BOOK = "book"
MODEL_ACTION = "act_by_model"


def do_the_work(container: Container, fire: Fire) -> Outcome:
    """Works by the book or by a model, as the settings and the owner's approval say; a machine has no model."""
    fire = replace(fire, worker=_choose_worker(fire))
    if fire.worker == BOOK:
        return _by_the_book(container, fire)
    return _with_a_shadow(container, fire) if fire.worker == "shadow" else _by_the_model(container, fire)


def _choose_worker(fire: Fire) -> Worker:
    """Who works in this fire: model, shadow or book. The owner sets how far a model may act; a machine has no model.

    closed: the book; the model as its shadow where the settings ask for one. ask: the model as the shadow, and from
    time to time the owner is asked for one day of acting. open: the model, or its shadow where the settings say so.
    """
    if not fire.record.is_employee or fire.settings.company_model == BOOK:
        return "book"
    level = fire.brain.value("model_approval_level")
    if level == "ask":
        _ask_for_a_model_day(fire)
    if fire.settings.company_shadow or level == "ask":
        return "shadow"
    if level == "open":
        return "model"
    fire.brain.run("book_took_over", session_id=fire.session_id, reason=f"{MODEL_ACTION} is closed")
    return "book"


def _ask_for_a_model_day(fire: Fire) -> None:
    by = answer_by(fire.now, fire.settings.owner_timezone)
    note_question(fire, MODEL_ACTION, fire.brain.value("ask_for_a_model_day", session_id=fire.session_id, answer_by=by))


def _by_the_book(container: Container, fire: Fire) -> Outcome:
    try:
        return container.code.work(fire)
    except BudgetSpent as error:
        return Failed(str(error))


def _by_the_model(container: Container, fire: Fire) -> Outcome:
    totals, figures = _new_totals(fire), container.code.before_model(fire)
    ended, why_not = _converse(container, fire, totals, fire.use_named)
    _record(fire, totals, worked_by="model" if ended else BOOK)
    if ended:
        return _with_duties(container, fire, replace(ended, evidence={**ended.evidence, **figures}))
    fire.brain.run("book_took_over", session_id=fire.session_id, reason=why_not)
    fire.learn("book", f"the book took over: {why_not}")
    fire.brain.run("give_back_tasks", session_id=fire.session_id)
    return _by_the_book(container, fire)


def _with_duties(container: Container, fire: Fire, ended: Worked) -> Outcome:
    """Does the role's duties after the model's finish, whatever the model did or said: they are plain code.

    Their figures join the evidence, and replace figures of the same name.
    """
    done = ended if isinstance(ended, Done) else Done(ended.evidence, closes=ended.closes)
    try:
        return replace(ended, evidence={**ended.evidence, **container.code.duties(fire, done)})
    except BudgetSpent as error:
        return Failed(str(error), evidence=ended.evidence, closes=ended.closes)


def _with_a_shadow(container: Container, fire: Fire) -> Outcome:
    from company.model.shadow import Shadow, differences

    totals, shadow = _new_totals(fire), Shadow(fire)
    by_model, why_not = _converse(container, fire, totals, shadow.use)
    _record(fire, totals, worked_by=BOOK)
    fire.journal.forget_tools()
    by_book = _by_the_book(container, fire)
    found = differences(shadow.writes, shadow.only_writing(fire.journal.tools_used), by_model, by_book)
    count = len(found["acts"]) + len(found["figures"])
    body = f"the model gave no outcome: {why_not}" if why_not else f"model and book differ in {counted(count, 'thing')}"
    fire.learn("shadow", body, differ=count, acts=found["acts"], figures=found["figures"])
    return by_book


def _new_totals(fire: Fire) -> "ConversationTotals":
    from company.model.conversation import ConversationTotals
    from company.model.sizes import model_for

    return ConversationTotals(model=model_for(fire.settings, fire.record.model))


def _converse(
    container: Container, fire: Fire, totals: "ConversationTotals", use: "UseTool"
) -> tuple[Worked | None, str]:
    """The model's outcome; or None and the reason why there is none."""
    from company.model.conversation import Conversation
    from company.model.endpoint import Endpoint
    from company.model.port import EndpointDown, LoopStopped, ModelDown, ModelMisconfigured, NoFinish
    from company.money.spending import FireSpending

    endpoint = Endpoint(fire)
    try:
        endpoint.require_not_known_down()
        model = container.model()
        endpoint.check(model, totals.model)
        return Conversation(fire, model, FireSpending(fire), totals, use, endpoint).run(), ""
    except (EndpointDown, ModelMisconfigured) as error:
        if is_refusal := isinstance(error, ModelMisconfigured):
            container.forget_model()
        endpoint.note_down(str(error), is_refusal=is_refusal)
        return None, str(error)[:300]
    except (ModelDown, BudgetSpent, LoopStopped, NoFinish, SettingsError) as error:
        fire.log.warning("the model ended without an outcome", reason=str(error))
        return None, str(error)[:300]


def _record(fire: Fire, totals: "ConversationTotals", *, worked_by: str) -> None:
    fire.brain.run(
        "record_model_use",
        session_id=fire.session_id,
        worked_by=worked_by,
        model=totals.model,
        turns=totals.turns,
        tokens=totals.usage.as_json(),
        cost_usd=totals.cost,
    )
