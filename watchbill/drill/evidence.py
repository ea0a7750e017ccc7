"""What a run of the drill left behind, read from rows alone: findings, signs, pages, alarms, and what was lost."""

import json
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from company.brain import Brain
from company.owner.marks import LEFT
from company.pipeline.delivering.customer_files import folder_of
from company.text.wording import counted
from watchbill.cloud.mail import Mail
from watchbill.cloud.notices import Notice
from watchbill.desk.desk import Desk

MORE_HEALED = re.compile(r"\d+ more healed: watchbill findings --all")


@dataclass(frozen=True)
class FoundRow:
    """A finding and how far it went. rang_at, alerted_at: when it reached the owner at once, or the same day."""

    id: int
    kind: str
    subject: str
    accused: str | None
    level: str
    title: str
    found_by: str
    found_at: datetime
    watcher: str
    answered_by: str | None
    escalated: int
    closed_at: datetime | None
    closed_by: str | None
    resolution: str | None
    rang_at: datetime | None
    alerted_at: datetime | None

    @property
    def name(self) -> str:
        return f"F-{self.id}"


@dataclass(frozen=True)
class SignRow:
    """Something that the company noticed and dealt with without a finding."""

    kind: str
    subject: str
    found_by: str
    found_at: datetime
    watcher: str | None
    closed_at: datetime | None
    closed_by: str | None
    alerted_at: datetime | None


@dataclass(frozen=True)
class MorningPage:
    """One morning's brief: a line of it names what it reports by F-<number>."""

    written_at: datetime
    body: str

    def line_of(self, found: FoundRow) -> int | None:
        """The number of the first line that names a finding; of one that is over, else the line that counts them."""
        named = re.compile(rf"\b{re.escape(found.name)}\b")
        counted = MORE_HEALED if found.closed_at and found.closed_at <= self.written_at else named
        lines = list(enumerate(self.body.splitlines(), 1))
        return next((n for pattern in (named, counted) for n, line in lines if pattern.search(line)), None)


@dataclass(frozen=True)
class Cause:
    """Which role at which slot the rows say caused something; None where they cannot say."""

    role: str | None
    due_at: datetime | None


@dataclass(frozen=True)
class LostThing:
    """One thing that has no end, in words."""

    lost: str


@dataclass(frozen=True)
class MissingPage:
    """A day on which the brain knows of no page for a customer."""

    customer_id: int
    name: str
    email: str
    kind: str
    day: datetime

    @property
    def lost(self) -> str:
        return f"{self.name} got no page on {self.day:%a %d %b}"

    def left(self, acts: Collection[tuple[str, str]]) -> bool:
        """Whether one had left all the same, and the brain has forgotten it."""
        to = folder_of(self.customer_id) if self.kind == "feed" else self.email
        return (f"{self.day:%Y-%m-%d}", to) in acts


@dataclass(frozen=True)
class Outside:
    """What no brain can forget: the owner's notices, the mail, and what left the company: on which day, to whom."""

    notices: Sequence[Notice]
    mails: Sequence[Mail]
    left: Collection[tuple[str, str]]


@dataclass(frozen=True)
class DrillRows:
    """All of it."""

    findings: Sequence[FoundRow]
    signs: Sequence[SignRow]
    pages: Sequence[MorningPage]
    notices: Sequence[Notice]
    lost: Sequence[str]


def left_acts(desk: Desk) -> set[tuple[str, str]]:
    """What left the company by the marks outside its brain: the day and to whom."""
    client, bucket = desk.cloud.client("s3"), desk.deployed.bucket
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=LEFT)
    keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
    notes = [json.loads(client.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys]
    return {(str(note["at"])[:10], str(note["to_whom"])) for note in notes}


def mailed_twice(mails: Sequence[Mail]) -> list[str]:
    """Mails that left with the same words to the same person more than once."""
    times = Counter((", ".join(mail.to), mail.subject, mail.body) for mail in mails)
    return [f"mailed {counted(n, 'time')} to {to}: {subject}" for (to, subject, _), n in times.items() if n > 1]


def cause_of(brain: Brain, sign: FoundRow | SignRow) -> Cause:
    """Who caused what was noticed, from rows alone."""
    accused, number = (sign.accused, sign.id) if isinstance(sign, FoundRow) else (None, None)
    cause = brain.row(
        Cause, "cause_of_sign", subject=sign.subject, accused=accused, at=sign.found_at, finding_id=number
    )
    return cause or Cause(None, None)


def read_rows(brain: Brain, outside: Outside, *, may_doubt: bool = False) -> DrillRows:
    """may_doubt: something was killed between an act and its confirmation, so that nobody knows whether it left."""
    return DrillRows(
        findings=brain.rows(FoundRow, "drill_findings"),
        signs=brain.rows(SignRow, "drill_signs"),
        pages=brain.rows(MorningPage, "drill_pages"),
        notices=outside.notices,
        lost=[
            *(row.lost for row in brain.rows(LostThing, "drill_lost", may_doubt=may_doubt)),
            *(page.lost for page in brain.rows(MissingPage, "pages_missing") if not page.left(outside.left)),
            *([] if may_doubt else mailed_twice(outside.mails)),
        ],
    )
