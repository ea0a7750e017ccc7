"""Starts ministack on its own interpreter, with the one thing added that no template can stand in for.

Its scheduler hands `<aws.scheduler.scheduled-time>` and `<aws.scheduler.attempt-number>` to the function as they are
written; AWS fills them in. Run by .venv-emulator, which has ministack and nothing of ours.
"""

from datetime import UTC, datetime
from typing import Any

from ministack.app import main
from ministack.services import eventbridge

_hand_over = eventbridge._invoke_target


def _filled_in(target: dict[str, Any], event: dict[str, Any], schedule: dict[str, Any]) -> Any:
    """Every expression of ours is of whole minutes, and the emulator looks every ten seconds."""
    due_at = datetime.fromtimestamp(event["Time"], tz=UTC).replace(second=0, microsecond=0)
    values = {"scheduled-time": f"{due_at:%Y-%m-%dT%H:%M:%SZ}", "attempt-number": "1"}
    text = str(target.get("Input") or "")
    for name, value in values.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return _hand_over({**target, "Input": text}, event, schedule)


if __name__ == "__main__":
    eventbridge._invoke_target = _filled_in
    main()
