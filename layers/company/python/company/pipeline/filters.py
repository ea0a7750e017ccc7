"""What a customer chose, as the owner writes it: a JSON object, of which each name should be known."""

import json

from company.brain import Brain
from company.json_values import JsonObject
from company.text.cleaning import storable
from company.vertical import Deliveries


def read_filters(text: str) -> JsonObject | None:
    """The filter as the brain can take it; None for what is no JSON object, or has what JSON cannot hold."""
    try:
        wanted = json.loads(text)
        plain = json.dumps(wanted, allow_nan=False, ensure_ascii=False)
    except (ValueError, RecursionError):
        return None
    is_kept_whole = "\\u0000" not in plain and storable(plain) == plain
    return wanted if isinstance(wanted, dict) and is_kept_whole else None


def unmatched_names(brain: Brain, deliveries: Deliveries, wanted: JsonObject) -> list[str]:
    """A sentence for each name that nothing has, with the known ones that look like it; Refused for a wrong filter."""
    brain.run("require_filters", filters=wanted)
    rows = brain.all(deliveries.unmatched, filters=wanted) if deliveries.unmatched else []
    return [_sentence(row) for row in rows]


def _sentence(row: JsonObject) -> str:
    similar = f" Did you mean {', '.join(row['similar_names'])}?" if row["similar_names"] else ""
    return f"Nothing is known of the {row['kind']} {row['written']}.{similar}"
