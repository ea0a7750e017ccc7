"""What each approval level of an action means, for the terminal and the console."""

from collections.abc import Mapping

MEANINGS: Mapping[str, str] = {
    "closed": "nothing is sent; what waited is withdrawn",
    "ask": "it waits for your yes to one question about all that waits; its content is fixed; without a yes nothing is"
    " sent",
    "open": "it is sent without asking, once, and recorded before",
}
MODEL_MEANINGS: Mapping[str, str] = {
    "closed": "every employee works by the book",
    "ask": "employees work by the book, the model runs beside it and is recorded; then you are asked for one day of it",
    "open": "employees work by the model, where the settings name one",
}
UNDO_MEANINGS: Mapping[str, str] = {
    "closed": "a model withdraws no promotion, and releases only what a second edition confirms",
    "open": "a data_auditor that works by the model withdraws and releases by its own judgement",
}
DEPLOY_MEANINGS: Mapping[str, str] = {
    "closed": "no change is deployed, except one that you approve yourself",
    "ask": "each proved change is one question, with its lines; without a yes it is not deployed",
    "open": "a proved change is deployed without asking, watched, and rolled back when a function fails",
}
MEANINGS_OF: Mapping[str, Mapping[str, str]] = {
    "act_by_model": MODEL_MEANINGS,
    "undo_by_model": UNDO_MEANINGS,
    "deploy": DEPLOY_MEANINGS,
}
