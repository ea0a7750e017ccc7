"""What a customer chose, as the owner writes it: a JSON object, of which each name should be known."""

import json

from company.brain import Brain
from company.json_values import JsonObject, RepeatedKey, read_json_once
from company.text.cleaning import storable, visible_line
from company.text.wording import join_with_or
from company.vertical import Deliveries

NO_OBJECT = "is not a JSON object: write it like '{\"min_score\": 70}'."


class UnreadableFilter(ValueError):
    """What was written is no filter; the message goes on after "The filter"."""


def read_filters(text: str) -> JsonObject:
    """The filter as the brain can take it; UnreadableFilter for what is none, or says one key twice."""
    try:
        wanted = read_json_once(text)
        plain = json.dumps(wanted, allow_nan=False, ensure_ascii=False)
    except RepeatedKey as error:
        says = f"says {visible_line(error.key)[:60]!r} more than once: write all of it under one key."
        raise UnreadableFilter(says) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableFilter(NO_OBJECT) from error
    is_kept_whole = "\\u0000" not in plain and storable(plain) == plain
    if not isinstance(wanted, dict) or not is_kept_whole:
        raise UnreadableFilter(NO_OBJECT)
    return wanted


def unmatched_names(brain: Brain, deliveries: Deliveries, wanted: JsonObject) -> list[str]:
    """A sentence for each name that nothing has, with the known ones that look like it; Refused for a wrong filter."""
    brain.run("require_filters", filters=wanted)
    rows = brain.all(deliveries.unmatched, filters=wanted) if deliveries.unmatched else []
    return [_sentence(row) for row in rows]


def names_left_out(brain: Brain, deliveries: Deliveries, wanted: JsonObject) -> list[str]:
    """A sentence for each name that something has, of the known ones like it that it does not mean."""
    rows = brain.all(deliveries.left_out, filters=wanted) if deliveries.left_out else []
    return [
        f"The {row['kind']} {row['written']} does not mean {join_with_or(row['similar_names'])}; "
        f"to get them too, add these names to {row['kind']}s in --filters."
        for row in rows
    ]


def _sentence(row: JsonObject) -> str:
    similar = f" Did you mean {', '.join(row['similar_names'])}?" if row["similar_names"] else ""
    return f"Nothing is known of the {row['kind']} {row['written']}.{similar}"
