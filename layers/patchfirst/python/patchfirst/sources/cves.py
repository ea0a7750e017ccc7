"""The CVE List: one JSON record per CVE, from its assigner and from CISA, in archives of all records or of changes.

An edition is stamped with the newest change in it, because the archives have no stamp. Of a record that comes twice the
newer is in force, so hours may come late or twice. A record that is not in an archive is not removed.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import IO

from company.json_values import JsonObject
from company.text.decoding import read_json
from company.text.wording import counted
from company.vertical import Details, Malformed, NothingNew, Parsed, Reject, Releases, Route, Source
from company.vertical.columns import Columns
from company.vertical.details import UNREADABLE
from company.vertical.feeds import StagedRow, default_stamp
from company.vertical.forms import columns_of, named
from company.vertical.spool import Spool
from patchfirst.affected import affected_of
from patchfirst.cves import described, latest_at, moment_until, read_text, weaknesses
from patchfirst.cvss import Cvss, best_cvss, read_cvss
from patchfirst.exploitation import BY_ANOTHER, BY_ASSIGNER, BY_CISA, POINTS, decided, known_exploited_on
from patchfirst.ids import read_id
from patchfirst.sources.lists import first_records, records

REPOSITORY = "https://github.com/CVEProject/cvelistV5/releases/download/"
CVSS_KEY = re.compile(r"cvssV([0-9])_([0-9])")
STATES = ("PUBLISHED", "REJECTED", "RESERVED")
CISA = "134c704f-9b21-4f2e-91b3-4a467353bcc0"
"""The id of the organisation that adds CISA's words to records; its short name is CISA-ADP."""
CISA_NAME = "CISA-ADP"
RECORD = re.compile(r"(?:CVE-|(?i:cve-[0-9]))[^/]*\.(?i:json)")
NAMED_AS_A_RECORD = re.compile(r"(?i:cve-[0-9]{4}-[0-9]).*", re.DOTALL)
LONGEST = 2000
MANY = 20


def parse(body: bytes, at: date | None = None) -> Parsed:
    """An archive's records. at limits the stamp: a record dated after it does not move the edition there."""
    return parse_file(io.BytesIO(body), at)


def parse_file(file: IO[bytes], at: date | None = None) -> Parsed:
    """The same from a file. The whole list has 340,000 records: one at a time is in memory."""
    rows: Spool[StagedRow] = Spool()
    rejects: Spool[Reject] = Spool()
    details, latest = Details(COLUMNS.form.words), latest_at(at)
    is_wanted = partial(_is_record_or_counted, details=details)
    for number, (name, content) in enumerate(records(file, is_wanted, COLUMNS.form), start=1):
        try:
            record = named(COLUMNS.form, read_json(content, details))
            rows.append((number, *read_record(record, details, latest)))
        except UNREADABLE as error:
            rejects.append(_reject(number, name, content, error))
    if not rows:
        raise _nothing(rejects)
    if len(rows) >= MANY and "cna" in details.unread and details.unread["cna"].count == len(rows):
        raise Malformed(f"none of {counted(len(rows), 'record')} has containers.cna: was the key renamed?")
    return Parsed(_stamp(rows, at), rows, rejects, unread=details.unread, new_words=details.new_words)


def is_record(name: str) -> bool:
    """In any letters. Other members are the publisher's own lists of the records."""
    return RECORD.fullmatch(_file(name)) is not None


def _is_record_or_counted(name: str, details: Details) -> bool:
    """A member that has a CVE's name and is no record, as one that is packed by itself, is counted as unread."""
    is_one = is_record(name)
    if not is_one and NAMED_AS_A_RECORD.fullmatch(_file(name)):
        details.count("files", _file(name))
    return is_one


def _file(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1]


def _nothing(rejects: Sequence[Reject]) -> Exception:
    if rejects:
        return Malformed(f"none of {counted(len(rejects), 'record')} can be read; the first: {rejects[0].reason}")
    return NothingNew("the archive holds no record: nothing changed in that time")


def _stamp(rows: Iterable[StagedRow], at: date | None) -> datetime:
    """The newest change until at. A record dated after it says something false, and nothing of the others."""
    limit = default_stamp(at) if isinstance(at, datetime) else None
    changes = (changed_at for row in rows if isinstance(changed_at := row[4], datetime))
    newest = max((changed_at for changed_at in changes if limit is None or changed_at <= limit), default=None)
    return newest or default_stamp(at)


def read_record(record: JsonObject, details: Details, latest: datetime | None = None) -> StagedRow:
    """A record's values in the order of the stream's columns, in any version of the format. Only its id is needed.

    latest: what is dated after it says nothing true of when it was.
    """
    about = details.one_object("cveMetadata", record.get("cveMetadata") if isinstance(record, dict) else record)
    containers = details.one_object("containers", record.get("containers"))
    cna = details.one_object("cna", containers.get("cna", "missing"))
    adps = details.objects("adp", containers.get("adp"))
    metrics = [*_metrics(about, cna, adps, details)]
    exploitation, *further_decisions = decided(_by_whom(metrics), details, latest)
    affected = affected_of([cna, *adps], details)
    published_at = details.read("published_at", partial(moment_until, latest=latest), about.get("datePublished"))
    return (
        _id(about.get("cveId")),
        _state(about.get("state"), details),
        published_at,
        _updated_at(about, [cna, *adps], details, latest) or published_at,
        read_text(details, "data_version", record.get("dataVersion")),
        read_text(details, "assigner", about.get("assignerShortName")),
        read_text(details, "title", cna.get("title")),
        described(details, cna.get("descriptions")) or described(details, cna.get("rejectedReasons")),
        affected.vendor,
        affected.product,
        *_severity(metrics, details),
        exploitation,
        known_exploited_on(_by_whom(metrics), details, latest),
        sorted(_weaknesses([cna, *adps], details)),
        affected.vendors,
        affected.products,
        *further_decisions,
        affected.versions,
        _is_disputed(cna, details),
    )


def _by_whom(metrics: list[tuple[JsonObject, str, int]]) -> list[tuple[JsonObject, int]]:
    """For decisions CISA's word comes first, before the assigner's."""
    return [(metric, (BY_ASSIGNER, BY_CISA, BY_ANOTHER)[whose]) for metric, _, whose in metrics]


def _id(value: object) -> str:
    if (cve := read_id(value)) is None:
        raise ValueError(f"not a CVE id: {value!r:.80}")
    return cve


def _state(value: object, details: Details) -> str | None:
    """In capitals. A state that nobody knows is kept as it is: such a record is neither published nor rejected."""
    state = details.known_word("state", read_text(details, "state", value)).upper()
    if state and state not in STATES:
        details.note_word("state", state)
    return state or None


def _updated_at(
    about: JsonObject, containers: list[JsonObject], details: Details, latest: datetime | None
) -> datetime | None:
    """The newest of the record's own date and its containers' dates: CISA's additions do not change the first."""
    providers = [details.one_object("providerMetadata", c.get("providerMetadata")) for c in containers]
    written = [part.get("dateUpdated") for part in (about, *providers)]
    read = (details.read("updated_at", partial(moment_until, latest=latest), value) for value in written)
    return max(filter(None, read), default=None)


def _metrics(
    about: JsonObject, cna: JsonObject, adps: list[JsonObject], details: Details
) -> Iterator[tuple[JsonObject, str, int]]:
    """Each metric with who made it, and whose word that is: the assigner's (0), CISA's (1), another's (2)."""
    assigner = read_text(details, "assigner", about.get("assignerShortName")) or "the assigner"
    containers = [(cna, assigner, 0), *((adp, *_added_by(adp, details)) for adp in adps)]
    for container, by, whose in containers:
        for metric in details.objects("metrics", container.get("metrics")):
            yield metric, by, whose


def _severity(metrics: list[tuple[JsonObject, str, int]], details: Details) -> StagedRow:
    """The CVSS in four columns."""
    cvss = best_cvss(_scores(metrics, details))
    return (cvss.version, cvss.score, cvss.vector, cvss.by) if cvss else (None, None, None, None)


def _added_by(adp: JsonObject, details: Details) -> tuple[str, int]:
    """Who made an addition, by its organisation's id; by its name only where there is no id."""
    provider = details.one_object("providerMetadata", adp.get("providerMetadata"))
    name = read_text(details, "providerMetadata", provider.get("shortName"))
    is_called_cisa = name.upper() == CISA_NAME
    if provider.get("orgId", CISA if is_called_cisa else None) == CISA:
        return "CISA", 1
    return "an addition without a name" if is_called_cisa else name or "an addition without a name", 2


def _scores(metrics: Iterable[tuple[JsonObject, str, int]], details: Details) -> Iterator[Cvss]:
    for metric, by, whose in metrics:
        for key, data in metric.items():
            if found := CVSS_KEY.fullmatch(key):
                given = details.one_object("metrics", data)
                if given and (score := read_cvss(details, given, f"{found[1]}.{found[2]}", by, whose)):
                    yield score


def _weaknesses(containers: list[JsonObject], details: Details) -> list[str]:
    problems = [p for c in containers for p in details.objects("problemTypes", c.get("problemTypes"))]
    texts = [d for p in problems for d in details.objects("problemTypes", p.get("descriptions"))]
    named = ((weaknesses(details, [text.get("cweId")]), text.get("description")) for text in texts)
    # One record in eight has its CWE only in words.
    return list(dict.fromkeys(cwe for ids, words in named for cwe in ids or weaknesses(details, [words])))


def _is_disputed(cna: JsonObject, details: Details) -> bool | None:
    """Whether the assigner notes it; None where it does not, for silence is no word."""
    tags = details.read("tags", _list, cna.get("tags")) or []
    return True if any(str(tag).lower().removeprefix("x_") == "disputed" for tag in tags) else None


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("no list")
    return value


def _reject(number: int, name: str, content: bytes, error: Exception) -> Reject:
    reason = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
    cve = read_id(_file(name).rsplit(".", 1)[0])
    return Reject(number, reason, content[:LONGEST].decode("utf-8", "replace"), cve)


COLUMNS: Columns = columns_of(__file__, records=lambda body: first_records(body, is_record, COLUMNS.form))
CVES = Source(
    name="cves",
    title="CVE List",
    urls=(REPOSITORY + "{edition}",),
    hosts=("release-assets.githubusercontent.com", "objects.githubusercontent.com"),
    parse=parse,
    parse_file=parse_file,
    columns=COLUMNS,
    vocabularies={"state": STATES, **{point.field: point.means for point in POINTS}},
    route=Route("/cves/{edition}", "application/octet-stream"),
    releases=Releases(
        # The file has had the date of its release, and that of the day before (cvelistV5 issue 145).
        whole=(
            "cve_{date}_0000Z/{date}_all_CVEs_at_midnight.zip.zip",
            "cve_{date}_0000Z/{date_before}_all_CVEs_at_midnight.zip.zip",
        ),
        # The files of two hours have the hour after their release's (issue 124).
        part=(
            "cve_{date}_{hour}00Z/{date}_delta_CVEs_at_{hour}00Z.zip",
            "cve_{date}_{hour}00Z/{next_date}_delta_CVEs_at_{next_hour}00Z.zip",
        ),
        # Midnight has no hour of its own: its changes are in the file of the whole day (bulk-download issue 2).
        day_end=("cve_{date_before}_at_end_of_day/{date_before}_delta_CVEs_at_end_of_day.zip",),
    ),
    is_delta=True,
    # The whole list was 620 MB in 2026.
    max_bytes=1024 * 1024 * 1024,
    timeout_seconds=90.0,
)
