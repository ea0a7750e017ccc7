"""For set-up: the one way it fails on purpose."""


class SetupError(Exception):
    """Set-up cannot go on; the message is one line for the owner and says what to do."""
