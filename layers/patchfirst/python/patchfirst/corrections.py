"""A correction: which lines of which pages were wrong, and that the next page goes on from what is so."""

from company.vertical import Page, Row, TakenBack
from patchfirst.feeds import TITLES
from patchfirst.page.as_text import wrapped

NOT_SO = {
    "known_exploited": "is not on the known exploited list: it was no entry of it",
    "ransomware": "is not known to be used by ransomware campaigns",
    "exploit_seen": "no exploit for it has been seen in that list",
    "left_the_list": "did not leave the known exploited list",
    "name_corrected": "has the name that it had before",
    "name_restored": "does not have its earlier name again",
    "score_moved": "its score did not move so",
}


def write_correction(taken: TakenBack) -> Page:
    """One customer's correction; its items have the kind taken_back, and was the kind that was reported."""
    source = TITLES.get(taken.source, taken.source)
    lines = [
        f"PatchFirst for {taken.customer}: a correction",
        "",
        f"What an edition of {source} ({taken.edition_at:%d %B %Y %H:%M}Z) had brought was taken back on "
        f"{taken.undone_at:%d %B %Y at %H:%M} UTC.",
        "These pages said what is not so:",
        *(f"  {written:%a %d %b %H:%M}  {subject}" for subject, written in taken.pages),
        "",
        *dict.fromkeys(f"  {item['cve']:<16} {NOT_SO.get(item['what'], 'is not so')}" for item in taken.items),
        "",
        "Everything else on those pages stands. We are sorry.",
    ]
    cves = sorted({item["cve"] for item in taken.items})
    subject = f"PatchFirst correction: {cves[0]}" + (f" and {len(cves) - 1} more" if len(cves) > 1 else "")
    return Page(subject, "\n".join(wrapped(lines)) + "\n", [_item(item, taken) for item in taken.items])


def _item(item: Row, taken: TakenBack) -> Row:
    return {"cve": item["cve"], "what": "taken_back", "was": item["what"], "at": taken.undone_at.isoformat()}
