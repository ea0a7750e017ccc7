"""What a command raises when its command line cannot be done as written."""


class UsageError(Exception):
    """A command line that cannot be done as written; the message says what to write instead."""
