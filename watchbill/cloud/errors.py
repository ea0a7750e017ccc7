"""The one error the desk shows its owner: what is wrong, where, and what to do about it."""


class DeskError(Exception):
    """The desk cannot go on; the message is complete and is printed without a traceback."""
