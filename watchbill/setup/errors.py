"""Set-up's own error."""


class SetupError(Exception):
    """Set-up cannot continue; the message is one line for the owner and says what to do."""
