"""Sends the brief to the owner: both forms into the bucket, and one mail, recorded before and confirmed after."""

from functools import partial
from operator import itemgetter

from ceo.mailing import bodies
from company.aws import mail
from company.aws.bucket import HTML, PLAIN, put_page
from company.brief.rows import ApprovedBrief, KeptBrief, MailedBrief
from company.errors import Refused
from company.fire.apart import each
from company.fire.fire import Fire
from company.owner import approvals
from company.owner.outbox import OutboxEntry, confirm_entry, doubt_entry, record_entry
from company.owner.pings import ping
from company.watch.findings import open_finding

ACTION = "brief"


def keep_pages(fire: Fire, brief: KeptBrief) -> None:
    """pages/brief/<date>.txt and .html, so that the brief can be read without the mail."""
    forms = (("txt", PLAIN, brief.body), ("html", HTML, brief.html))
    each(fire, "kept pages", forms, partial(_keep, fire, brief), name=itemgetter(0))


def _keep(fire: Fire, brief: KeptBrief, form: tuple[str, str, str]) -> None:
    suffix, kind, body = form
    put_page(fire, f"pages/brief/{brief.brief_date}.{suffix}", body, kind)


def mail_brief(fire: Fire, brief: KeptBrief) -> bool:
    """Mails the brief once a day; whether this call did. A mail of a killed fire is sent again, for twice beats never;
    one that SES may have taken is not, and the alarm of a late brief rings where no event of it comes."""
    try:
        entry = _record(fire, brief)
    except Refused as refused:
        fire.learn("not_sent", f"the brief of {brief.brief_date} is not sent: {refused}", rule=refused.rule)
        return False
    if entry.status == "waiting":
        approvals.ask_for_approval(fire, ACTION)
    if entry.status not in ("recorded", "unknown") or entry.asked_in is not None:
        return False
    return _post(fire, brief, entry.outbox_id)


def send_approved(fire: Fire) -> int:
    """Mails each brief that the owner approved, once, and notes the outcome; how many mails."""
    waiting = fire.brain.rows(ApprovedBrief, "briefs_to_mail")
    sent = sum(each(fire, "briefs", waiting, partial(_send_approved, fire), name=lambda brief: f"brief {brief.id}"))
    if approvals.has_approvals_to_process(fire, ACTION):
        approvals.process_approvals(fire, ACTION)
    return sent


def _send_approved(fire: Fire, brief: ApprovedBrief) -> bool:
    taken = approvals.take_approved(fire, brief.outbox_id, _digest(fire, brief))
    return taken == "recorded" and _post(fire, brief, brief.outbox_id)


def _post(fire: Fire, brief: MailedBrief, entry_id: int) -> bool:
    try:
        was_sent, receipt = _mail(fire, brief, entry_id)
    except mail.MailInDoubt as doubt:
        doubt_entry(fire, entry_id, str(doubt)[:500])
        fire.learn("mail_in_doubt", f"the brief of {brief.brief_date} may have been mailed: {doubt}"[:500])
        return False
    with fire.brain.transaction():
        confirm_entry(fire, entry_id, was_sent=was_sent, receipt=receipt)
        if was_sent:
            fire.brain.run("note_brief_sent", brief_id=brief.id)
        else:
            _report_unsent(fire, brief, receipt)
    if was_sent:
        ping(fire.settings, fire.settings.brief_ping_url)
    return was_sent


def _record(fire: Fire, brief: KeptBrief) -> OutboxEntry:
    return record_entry(
        fire,
        ACTION,
        dedupe_key=f"{ACTION}:{brief.brief_date}",
        to_whom=fire.settings.owner_email,
        subject=brief.subject,
        payload={"brief_id": brief.id},
        digest=_digest(fire, brief),
    )


def _digest(fire: Fire, brief: MailedBrief) -> bytes:
    """Of the page and its address; the links are made while mailing and lead to the same questions."""
    return approvals.content_digest(fire.settings.owner_email, brief.subject, brief.body, brief.html)


def _mail(fire: Fire, brief: MailedBrief, entry_id: int) -> tuple[bool, str]:
    """Whether SES accepted it, and its receipt or its error; MailInDoubt where nobody knows."""
    plain, html = bodies(fire, brief)
    to = fire.settings.owner_email
    try:
        return True, mail.send_mail(fire, outbox_id=entry_id, to=to, subject=brief.subject, text=plain, html=html)
    except mail.MailInDoubt:
        raise
    except Exception as error:  # any error of SES or the network: the page is kept and the failure must be reported
        fire.log.warning("the brief was not accepted by SES", error=repr(error))
        return False, f"{type(error).__name__}: {error}"[:500]


def _report_unsent(fire: Fire, brief: MailedBrief, why: str) -> None:
    open_finding(
        fire.brain,
        fingerprint=f"brief_unsent:{brief.brief_date}",
        kind="brief_unsent",
        subject="ceo",
        level="ring",
        title=f"the brief of {brief.brief_date} was written and SES did not accept it",
        effect="you read this later than 07:00; no customer notices",
        evidence={"error": why},
        accused=fire.role,
        watcher=fire.record.watched_by or "owner",
    )
