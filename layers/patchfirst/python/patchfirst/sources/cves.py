"""The CVE List: one JSON record per CVE, from its assigner and from CISA, in archives of all records or of changes.

An edition is stamped with the newest change in it, because the archives have no stamp. Of a record that comes twice the
newer is in force, so hours may come late or twice. A record that is not in an archive is not removed.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime

from company.json_values import JsonObject
from company.vertical import Details, Malformed, NothingNew, Parsed, Reject, Releases, Route, Source
from company.vertical.feeds import StagedRow, default_stamp
from patchfirst.affected import affected_of
from patchfirst.cves import Cvss, best_cvss, clean, moment, read_cvss
from patchfirst.ids import read_id
from patchfirst.sources.archives import EMPTY_ZIP, GZIP, ZIP, members

REPOSITORY = "https://github.com/CVEProject/cvelistV5/releases/download/"
CVSS_KEYS = ("cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0")
STATES = ("PUBLISHED", "REJECTED")
LONGEST = 2000


def parse(body: bytes, at: date | None = None) -> Parsed:
    """An archive's records. at limits the stamp: a record dated in the future does not move the edition there."""
    rows: list[StagedRow] = []
    rejects: list[Reject] = []
    for number, (name, content) in enumerate(members(body, _is_record), start=1):
        try:
            rows.append((number, *read_record(json.loads(content))))
        except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
            rejects.append(_reject(number, name, content, error))
    if not rows:
        raise _nothing(rejects)
    return Parsed(edition_at=_stamp(rows, at), rows=rows, rejects=rejects)


def _is_record(name: str) -> bool:
    """Other members are the publisher's own lists of the records."""
    file = name.rsplit("/", 1)[-1]
    return file.startswith("CVE-") and file.endswith(".json")


def _nothing(rejects: list[Reject]) -> Exception:
    if rejects:
        return Malformed(f"none of {len(rejects)} records can be read; the first: {rejects[0].reason}")
    return NothingNew("the archive holds no record: nothing changed in that time")


def _stamp(rows: list[StagedRow], at: date | None) -> datetime:
    newest = max((at_ for row in rows if isinstance(at_ := row[4], datetime)), default=None)
    if newest is None or at is None:
        return newest or default_stamp(at)
    return min(newest, default_stamp(at)) if isinstance(at, datetime) else newest


def read_record(record: JsonObject) -> StagedRow:
    """A record's values in the order of the stream's columns, in either version of the format."""
    about, cna = record["cveMetadata"], record["containers"]["cna"]
    cve = read_id(about["cveId"])
    if cve is None:
        raise ValueError(f"not a CVE id: {about['cveId']!r}")
    if about["state"] not in STATES:
        raise ValueError(f"the state {about['state']!r} is not known")
    adps: list[JsonObject] = [adp for adp in record["containers"].get("adp") or [] if isinstance(adp, dict)]
    affected = affected_of([cna, *adps], Details())
    cvss = best_cvss([*_scores(cna, "cna"), *(score for adp in adps for score in _scores(adp, "adp"))])
    return (
        cve,
        about["state"],
        moment(about.get("datePublished")),
        _updated_at(about, [cna, *adps]),
        str(record.get("dataVersion") or ""),
        clean(about.get("assignerShortName") or ""),
        clean(cna.get("title") or ""),
        _described(cna),
        affected.vendor,
        affected.product,
        *((cvss.version, cvss.score, cvss.vector, cvss.by) if cvss else (None, None, None, None)),
        _exploitation(adps),
        _known_exploited(adps),
        _weaknesses([cna, *adps]),
        affected.vendors,
        affected.products,
    )


def _updated_at(about: JsonObject, containers: list[JsonObject]) -> datetime | None:
    """The newest of the record's own date and its containers' dates: CISA's additions do not change the first."""
    written = [about.get("dateUpdated"), *((c.get("providerMetadata") or {}).get("dateUpdated") for c in containers)]
    return max((m for m in map(moment, written) if m is not None), default=moment(about.get("datePublished")))


def _scores(container: JsonObject, by: str) -> Iterator[Cvss]:
    metrics = [m for m in container.get("metrics") or [] if isinstance(m, dict)]
    for key in CVSS_KEYS:
        for metric in metrics:
            if isinstance(metric.get(key), dict) and (score := read_cvss(metric[key], by)):
                yield score


def _others(adps: list[JsonObject], kind: str) -> Iterator[JsonObject]:
    for adp in adps:
        for metric in adp.get("metrics") or []:
            other = metric.get("other") or {}
            if other.get("type") == kind and isinstance(other.get("content"), dict):
                yield other["content"]


def _exploitation(adps: list[JsonObject]) -> str | None:
    """CISA's value for exploitation (none, poc, active); it is spelt in several ways."""
    for content in _others(adps, "ssvc"):
        for option in content.get("options") or []:
            if option.get("Exploitation"):
                return str(option["Exploitation"]).strip().lower()
    return None


def _known_exploited(adps: list[JsonObject]) -> date | None:
    added = next((content.get("dateAdded") for content in _others(adps, "kev")), None)
    return date.fromisoformat(added) if added else None


def _described(cna: JsonObject) -> str:
    """In English when there is English; of a rejected record, why it was rejected."""
    texts = cna.get("descriptions") or cna.get("rejectedReasons") or []
    chosen = next((t for t in texts if str(t.get("lang", "")).lower().startswith("en")), texts[0] if texts else {})
    return clean(chosen.get("value") or "")[:LONGEST]


def _weaknesses(containers: list[JsonObject]) -> list[str]:
    found = {
        str(description["cweId"])
        for container in containers
        for problem in container.get("problemTypes") or []
        for description in problem.get("descriptions") or []
        if description.get("cweId")
    }
    return sorted(found)


def _reject(number: int, name: str, content: bytes, error: Exception) -> Reject:
    reason = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
    cve = read_id(name.rsplit("/", 1)[-1].removesuffix(".json"))
    return Reject(number, reason, content[:LONGEST].decode("utf-8", "replace"), cve)


CVES = Source(
    name="cves",
    title="CVE List",
    urls=(REPOSITORY + "{edition}",),
    parse=parse,
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
    begins_with=(ZIP, EMPTY_ZIP, GZIP),
    is_gzip=True,
    # The whole list was 620 MB in 2026.
    max_bytes=1024 * 1024 * 1024,
    timeout_seconds=90.0,
)
