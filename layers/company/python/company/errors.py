"""The errors that the company raises on purpose, so that a catcher can tell them apart by type.

Those of one module alone (BudgetSpent, ModelDown, MailInDoubt) are CompanyErrors too and stand beside what raises them.

CompanyError
├── SettingsError      a setting is missing or malformed
├── RecordError        a SKILL.md or MACHINE.md is not valid
├── FileError          a text file of the checkout is missing or is not UTF-8
├── NothingKnown       the brain keeps nothing of a name; .is_miswritten: nothing could have it
├── EventError         no fire can start from this event
├── SqlFileError       a file under sql/ is malformed
├── ToolError          a tool cannot do what was asked; a model reads it as the tool's result
└── BrainError         Postgres refused or failed
    ├── Refused        a rule of the company was broken; .rule names it
    ├── BrainBusy      another transaction kept locked what a statement needed, for as long as it may wait
    └── BrainUnreachable
"""


class CompanyError(Exception):
    """An error that the company raises on purpose."""


class SettingsError(CompanyError):
    """A setting is missing or malformed; the message names each one."""


class RecordError(CompanyError):
    """A record is not valid; the message names the file and the field."""


class FileError(CompanyError):
    """A text file cannot be read; the message names it and its first wrong byte."""


class NothingKnown(CompanyError):
    """The brain keeps nothing of that name; the message shows valid names."""

    def __init__(self, message: str, *, is_miswritten: bool = False) -> None:
        super().__init__(message)
        self.is_miswritten = is_miswritten


class EventError(CompanyError):
    """An event from which no fire can start; nothing was written."""


class SqlFileError(CompanyError):
    """A file under sql/ is malformed; the message names it."""


class ToolError(CompanyError):
    """A tool cannot do what was asked; the message says what to do instead."""


class BrainError(CompanyError):
    """Postgres refused or failed."""


class BrainUnreachable(BrainError):
    """No connection to the brain; the message names the login, and what the driver reports."""


class BrainBusy(BrainError):
    """A statement may wait only so long for a lock, and another transaction kept it; nothing was written."""


class Refused(BrainError):
    """A rule of the company was broken; the database names it."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule

    @property
    def sentence(self) -> str:
        """For the owner: what is wrong, and the name of the rule at the end; a log and a model read the name first."""
        return f"{str(self).removeprefix(f'{self.rule}: ')} ({self.rule})"
