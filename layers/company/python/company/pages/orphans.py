"""For every reader of the org checks: each thing caught, with its detail as a sentence; the brain gives the facts."""

from collections.abc import Mapping
from typing import Any

from company.brain import Brain

DETAILS: Mapping[str, str] = {
    "no manager": "reports to nobody",
    "removed manager": "reports to {who}, who left",
    "paused manager": "reports to {who}, who is paused",
    "no watcher": "nobody watches its schedule",
    "absent watcher": "is watched by {who}, who {state}",
    "watches itself": "watches itself",
    "role without function": "is published with {expression}, and nothing is deployed that fires it",
    "function without role": "fires {who}, which is not on the roster",
    "fires who left": "still fires {who}, who left",
    "deployed, not published": "fires {who}, whose record states no schedule",
    "not in the ledger": "is deployed and enabled, and the ledger expects nothing of it",
    "task nobody works": "{tasks} open tasks wait and nobody works this mode",
    "mode without worker": "{who} manages mode {mode}, which no worker works",
    "mode without manager": "{who} works mode {mode}, which no manager owns",
    "task blocked on nobody": "is blocked on {who}, who is not here",
    "finding nobody answers": "waits for {who}, who is not here",
    "ring of watchers": "is watched only by {who}, whom no clock outside watches",
    "no failure queue": "has no failure queue: a fire that cannot be delivered would leave no trace",
    "unreadable schedule": "is deployed with a schedule that cannot be read: {why}",
}


def org_checks(brain: Brain) -> list[dict[str, Any]]:
    """Every check, also one that caught nobody, with what it caught: subject, detail, owner."""
    return [
        {**row, "caught": [_with_detail(row["check_name"], one) for one in row["caught"]]}
        for row in brain.all("orphans")
    ]


def _with_detail(check: str, caught: Mapping[str, Any]) -> dict[str, Any]:
    facts = dict(caught["facts"])
    facts["state"] = "left" if facts.pop("has_left", False) else "is paused"
    detail = DETAILS[check].format(**facts)
    return {"subject": caught["subject"], "detail": detail, "owner": caught["owner"]}
