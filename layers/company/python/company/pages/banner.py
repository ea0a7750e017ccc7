"""The first line of every page of a desk, so that nobody takes it, or a picture of it, for a live company's."""

REAL_TIME = "real time"
"""How a desk's kind of data begins where time is not simulated."""
SIMULATED, HERE = "SIMULATED DAY", "ON THIS MACHINE"


def desk_banner(data_kind: str) -> str:
    """`SIMULATED DAY, sample data`; in real time `ON THIS MACHINE, real time, live feeds`."""
    return f"{HERE if data_kind.startswith(REAL_TIME) else SIMULATED}, {data_kind or 'simulated time'}"
