"""The errors that an owner reads: what is wrong, where, and what to do. They are printed without a traceback."""


class DeskError(Exception):
    """The desk cannot go on; the message is complete."""


class UsageError(DeskError):
    """The command line cannot be run as written; the message says what to write instead."""
