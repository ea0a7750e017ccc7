"""Every error that the company raises on purpose, so that a catcher can tell them apart by type.

CompanyError
├── SettingsError      a setting is missing or malformed
├── RecordError        a SKILL.md or MACHINE.md does not hold together
├── EventError         an event is not one that a fire can start from
├── SqlFileError       a file under sql/ cannot be read as what it should be
├── ToolError          a tool was asked for something that it cannot do; given back as a result
└── BrainError         Postgres said no
    ├── Refused        a rule of the house was broken; .rule names it
    └── BrainUnreachable
"""


class CompanyError(Exception):
    """Something that the company can name."""


class SettingsError(CompanyError):
    """A setting is missing or malformed; the message names each one."""


class RecordError(CompanyError):
    """A record does not hold together; the message names the file and the field."""


class EventError(CompanyError):
    """An event that no fire can start from; nothing was written."""


class SqlFileError(CompanyError):
    """A file under sql/ is malformed; the message names it."""


class ToolError(CompanyError):
    """A tool cannot do what was asked; the message says what would work."""


class BrainError(CompanyError):
    """Postgres refused or failed."""


class BrainUnreachable(BrainError):
    """No connection to the brain; the message says where it was looked for."""


class Refused(BrainError):
    """A rule of the house was broken, and the database said which."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
