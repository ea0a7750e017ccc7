"""How the help of a command ends."""


def example(words: str) -> str:
    """'For example: watchbill WORDS': the last line of a command's help."""
    return f"For example: watchbill {words}"
