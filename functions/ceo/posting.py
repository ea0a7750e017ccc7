"""Brings the brief to the owner: both forms into the bucket, and one mail, recorded before and confirmed after."""

from collections.abc import Mapping
from typing import Any

from ceo.mailing import bodies
from company import mail
from company.errors import Refused
from company.fire.fire import Fire
from company.owner import approvals
from company.owner.pings import ping
from company.watch.findings import open_finding

ACT = "brief"


def keep_pages(fire: Fire, brief: Mapping[str, Any]) -> None:
    """pages/brief/<date>.txt and .html: what the mail says stays readable without it."""
    for suffix, kind, body in (("txt", "text/plain", brief["body"]), ("html", "text/html", brief["html"])):
        fire.cloud.client("s3").put_object(
            Bucket=fire.settings.bucket,
            Key=f"pages/brief/{brief['brief_date']}.{suffix}",
            Body=body.encode(),
            ContentType=f"{kind}; charset=utf-8",
        )


def send(fire: Fire, brief: Mapping[str, Any]) -> bool:
    """Mails the brief once a day; True when this call did. After a kill in between it goes again: twice beats never."""
    try:
        act = _record(fire, brief)
    except Refused as refused:
        fire.learn("not_sent", f"the brief of {brief['brief_date']} stays in the house: {refused}", rule=refused.rule)
        return False
    if act["status"] == "waiting":
        approvals.ask_for_approval(fire, ACT)
    if act["status"] not in ("recorded", "unknown") or act["asked_in"] is not None:
        return False
    return _post(fire, brief, act["outbox_id"])


def send_allowed(fire: Fire) -> int:
    """Mails what the owner let go since it was asked about, once, and notes what came of it; how many mails."""
    sent = 0
    for brief in fire.brain.all("briefs_to_mail"):
        if approvals.take_approved(fire, brief["outbox_id"], _content(fire, brief)) == "recorded":
            sent += _post(fire, brief, brief["outbox_id"])
    if approvals.has_approvals_to_process(fire, ACT):
        approvals.process_approvals(fire, ACT)
    return sent


def _post(fire: Fire, brief: Mapping[str, Any], outbox_id: int) -> bool:
    was_sent, receipt = _mail(fire, brief, outbox_id)
    with fire.brain.transaction():
        fire.brain.run(
            "confirm_outbox_entry", outbox_id=outbox_id, session_id=fire.session_id, was_sent=was_sent, receipt=receipt
        )
        if was_sent:
            fire.brain.run("note_brief_sent", brief_id=brief["id"])
        else:
            _raise_the_alarm(fire, brief, receipt)
    if was_sent:
        ping(fire.settings, fire.settings.brief_ping_url)
    return was_sent


def _record(fire: Fire, brief: Mapping[str, Any]) -> Mapping[str, Any]:
    act = fire.brain.one(
        "record_outbox_entry",
        action=ACT,
        dedupe_key=f"{ACT}:{brief['brief_date']}",
        to_whom=fire.settings.owner_email,
        subject=brief["subject"],
        payload={"brief_id": brief["id"]},
        content_sha256=_content(fire, brief),
        session_id=fire.session_id,
    )
    assert act is not None, "record_outbox_entry always answers"
    return act


def _content(fire: Fire, brief: Mapping[str, Any]) -> bytes:
    """The page and whom it goes to; the links beside it are made while mailing and lead to the same questions."""
    return approvals.content_digest(fire.settings.owner_email, brief["subject"], brief["body"], brief["html"])


def _mail(fire: Fire, brief: Mapping[str, Any], outbox_id: int) -> tuple[bool, str]:
    """Whether SES took it, and its receipt, or its words."""
    plain, html = bodies(fire, brief)
    to = fire.settings.owner_email
    try:
        return True, mail.send(fire, outbox_id=outbox_id, to=to, subject=brief["subject"], text=plain, html=html)
    except Exception as error:  # whatever SES and the network can do, the page must stand and somebody must hear of it
        fire.log.warning("the brief was not taken by SES", error=repr(error))
        return False, f"{type(error).__name__}: {error}"[:500]


def _raise_the_alarm(fire: Fire, brief: Mapping[str, Any], why: str) -> None:
    open_finding(
        fire.brain,
        fingerprint=f"brief_unsent:{brief['brief_date']}",
        kind="brief_unsent",
        subject="ceo",
        level="ring",
        title=f"the brief of {brief['brief_date']} was written and SES did not take it",
        effect="you read this later than 07:00; no customer notices",
        evidence={"error": why},
        accused=fire.role,
        watcher=fire.record.watched_by or "owner",
    )
