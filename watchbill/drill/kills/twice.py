"""What left the company twice: a page to a person may, once for each kill of its sender."""

from collections import Counter
from collections.abc import Sequence

from watchbill.cloud.mail import Mail
from watchbill.drill.evidence import mailed_twice
from watchbill.drill.kills.killer import Kill

SENDERS = ("ceo", "deliver")
"""Their mail is sent again where nobody knows whether it left; a post is not."""


def mailed_too_often(mails: Sequence[Mail], kills: Sequence[Kill]) -> list[str]:
    """The mails that left again without a kill that explains it, or more than once again."""
    doubled = mailed_twice(mails)
    most = max(Counter((", ".join(mail.to), mail.subject, mail.body) for mail in mails).values(), default=0)
    in_mid_mail = sum(kill.role in SENDERS for kill in kills)
    return doubled if not kills or most > 2 or len(doubled) > in_mid_mail else []
