"""The words of reasons that are the same for every CVE: days, probabilities, exploits, and what an attack needs."""

from datetime import date

from company.text.wording import counted, join_first
from company.vertical import Row

WEAK = {
    "CWE-77": "lets in commands", "CWE-78": "lets in commands", "CWE-94": "lets in code",
    "CWE-89": "lets in SQL", "CWE-502": "lets in objects", "CWE-22": "lets out of a folder",
    "CWE-434": "lets in files", "CWE-287": "lets in strangers", "CWE-288": "lets in strangers",
    "CWE-306": "lets in strangers",
}  # fmt: skip
"""The weaknesses of the part `weakness`, as patchfirst.known_cves names them."""
ASKS = {
    "AV:L": "local access", "AV:A": "the same network", "AV:P": "physical access", "PR:L": "an account",
    "PR:H": "an administrator's account", "UI:R": "a victim's help", "UI:P": "a victim's help",
    "UI:A": "a victim's help", "Au:S": "an account", "Au:M": "two accounts",
}  # fmt: skip


def attack_text(vector: str, *, is_open: bool | None) -> str:
    """What an attack needs, by a CVSS vector; is_open is None where it leaves that open."""
    if is_open is None:
        return "its CVSS vector leaves open whether anybody can attack over the network"
    if is_open:
        return "needs no account and no victim's help, over the network"
    asked = [ASKS[metric] for metric in vector.split("/") if metric in ASKS]
    return f"needs more: {join_first(asked) if asked else 'the network is not enough'}"


def exploit_text(exploit: Row) -> str:
    """nuclei template since 3 March 2026; of what the first edition had, only that it is older."""
    seen = date.fromisoformat(exploit["seen_at"][:10])
    since = f"since before {day_text(seen)}" if exploit["is_older"] else f"since {day_text(seen)}"
    if exploit["source"] == "exploitdb":
        verified = "verified" if exploit["strength"] > 0.5 else "unverified"
        dated = f"of {day_text(date.fromisoformat(exploit['dated']))}" if exploit["dated"] else since
        return f"{verified} exploit EDB-{exploit['name']} {dated}"
    if exploit["source"] == "metasploit":
        return f"Metasploit module {exploit['name']} {since}"
    if exploit["source"] == "vulncheck":
        return f"VulnCheck lists it as exploited {since}"
    return f"nuclei template {since}"


def probability_text(epss: float) -> str:
    """0.41; below one in a hundred with the digits that it has. Less than certain is at most 0.99."""
    if epss < 1:
        epss = min(epss, 0.99)
    return f"{epss:.2f}" if epss >= 0.01 else f"{epss:.5f}".rstrip("0")


def place_text(percentile: float) -> str:
    """97.3 %; no CVE is above all, for it is one of them."""
    return f"{min(100 * percentile, 99.9):.1f} %"


def disputed_text(is_disputed: bool | None) -> str:
    """What goes on after the date of a record; it is no part of the score."""
    return "; its assigner notes that it is disputed" if is_disputed else ""


def days_ago(day: date, today: date) -> str:
    days = (today - day).days
    return "today" if days <= 0 else f"{counted(days, 'day')} ago"


def day_text(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "an unknown day"
