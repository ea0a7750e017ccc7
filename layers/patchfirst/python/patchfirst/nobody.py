"""What sources write where they have no name to give: a vendor or product that is called so is unknown."""

import string
import unicodedata

from company.vertical import Details
from patchfirst.cves import read_text

NOBODY = frozenset({
    "multiple", "multipleproducts", "multiplevendors", "na", "no", "none", "nonespecified", "noproduct",
    "notapplicable", "notavailable", "notdefined", "notknown", "notprovided", "notspecified", "novendor", "null",
    "tba", "tbd", "tobeannounced", "tobedefined", "tobedetermined", "undefined", "unknown", "unknownproduct",
    "unknownvendor", "unspecified", "unspecifiedproduct", "unspecifiedvendor", "various", "variousproducts",
    "variousvendors",
})  # fmt: skip
"""In small letters, without blanks and punctuation. patchfirst.nobody() in SQL has the same words."""
LONGEST = 24
"""More signs are a name, unless they begin with punctuation."""
OF_A_NAME = frozenset(string.ascii_letters + string.digits) - {
    letter for word in NOBODY for letter in (word[0], word[0].upper())
}
"""What begins so is a name: a whole list has a million of them, and most are known by this one look."""
PUNCTUATION = str.maketrans(
    "", "", "".join(sign for sign in map(chr, range(128)) if not (sign.isalnum() or sign in "+#"))
)


def read_name(details: Details, field: str, value: object) -> str:
    """The name; '' where there is none, or one of nobody."""
    name = read_text(details, field, value)
    return "" if names_nobody(name) else name


def names_nobody(name: str) -> bool:
    """Whether a name is none, such as '[UNKNOWN]', '* n/a *' or a dash. Unknown Worlds is one."""
    if name[:1] in OF_A_NAME or (len(name) > LONGEST and name[0].isalnum()):
        return False
    word = name.lower().translate(PUNCTUATION) if name.isascii() else _word(name)
    return not word or word in NOBODY


def _word(name: str) -> str:
    """Its letters and digits of any script, full width as usual, with + and #, which tell C from C++ and C#."""
    plain = unicodedata.normalize("NFKC", name).lower()
    return "".join(sign for sign in plain if sign in "+#" or unicodedata.category(sign)[0] in "LMN")
