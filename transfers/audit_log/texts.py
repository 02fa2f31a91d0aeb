"""What an entry of the audit log says, in the reader's language: title, plain sentence, and the raw facts beneath."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from transfers.audit_log import AuditAction, TrailEntry
from transfers.audit_log.sentences import Detail, tell
from transfers.models import AuditEntry


@dataclass(frozen=True)
class RawFact:
    """Something exactly as it was sent or received, and what it is called."""

    title: str
    text: str


@dataclass(frozen=True)
class AuditLine:
    """One entry for reading. `tone` is the state whose colour the icon takes, `tags` says who and by what."""

    entry: AuditEntry
    icon: str
    tone: str
    title: str
    tags: tuple[str, ...]
    text: str
    raw_facts: tuple[RawFact, ...]

    @property
    def milliseconds(self) -> str:
        """The three decimals of the entry's time."""
        return f"{self.entry.recorded_at.microsecond // 1000:03}"

    @property
    def short_hash(self) -> str:
        """Begin and end of the hash, enough to compare by eye."""
        return f"{self.entry.hash[:4]}…{self.entry.hash[-4:]}"


_A = AuditAction
_LOOKS: dict[str, tuple[str, str, str | Promise]] = {
    _A.TRANSFER_REQUESTED: ("cursor", "requested", gettext_lazy("Transfer requested")),
    _A.TRANSFER_HURRIED: ("bolt", "requested", gettext_lazy("Time to undo ended early")),
    _A.TRANSFER_CANCELLED: ("undo", "cancelled", gettext_lazy("Taken back before it was sent")),
    _A.TRANSFER_SENDING: ("send", "sending", gettext_lazy("Sending to TENIOS")),
    _A.TRANSFER_ACCEPTED: ("reply", "accepted", gettext_lazy("Accepted by TENIOS")),
    _A.TRANSFER_REJECTED: ("x-circle", "rejected", gettext_lazy("Rejected by TENIOS")),
    _A.TRANSFER_NOT_SENT: ("alert", "not_sent", gettext_lazy("Not sent")),
    _A.TRANSFER_EXPIRED: ("clock", "expired", gettext_lazy("Not sent in time")),
    _A.TRANSFER_UNKNOWN: ("unknown", "unknown", gettext_lazy("No clear answer")),
    _A.TRANSFER_RINGING: ("webhook", "forwarding", gettext_lazy("Destination is being called")),
    _A.TRANSFER_ANSWERED: ("check-circle", "answered", gettext_lazy("Destination answered")),
    _A.TRANSFER_NOT_ANSWERED: ("missed", "not_answered", gettext_lazy("Destination did not answer")),
    _A.TRANSFER_NOT_EXECUTED: ("x", "not_executed", gettext_lazy("Not carried out")),
    _A.TRANSFER_CONTRADICTED: ("alert", "unknown", gettext_lazy("Evidence against what was said")),
    _A.CALL_TAKEN: ("user", "", gettext_lazy("Call taken")),
    _A.CALL_GIVEN_UP: ("user", "", gettext_lazy("Call given up")),
    _A.CALL_ENDED: ("ended", "ended", gettext_lazy("Routing plan ended")),
    _A.SENDING_STOPPED: ("x-circle", "rejected", gettext_lazy("Sending stopped")),
    _A.SENDING_PAUSED: ("clock", "unknown", gettext_lazy("Sending paused")),
    _A.SENDING_RESUMED: ("check-circle", "answered", gettext_lazy("Sending resumed")),
    _A.ACCESS_KEY_CHECKED: ("shield", "", gettext_lazy("Access key checked")),
    _A.HISTORY_EXPORTED: ("download", "", gettext_lazy("History exported")),
    _A.APPROVAL_ASKED: ("unknown", "unknown", gettext_lazy("A supervisor was asked")),
    _A.APPROVAL_GRANTED: ("check-circle", "answered", gettext_lazy("A supervisor agreed")),
    _A.APPROVAL_REFUSED: ("x-circle", "rejected", gettext_lazy("A supervisor refused")),
    _A.APPROVAL_WITHDRAWN: ("undo", "cancelled", gettext_lazy("The question was withdrawn")),
    _A.APPROVAL_EXPIRED: ("clock", "expired", gettext_lazy("No supervisor answered in time")),
    _A.NUMBER_RULE_SET: ("shield", "", gettext_lazy("Number rule set")),
    _A.NUMBER_RULE_REMOVED: ("shield", "", gettext_lazy("Number rule removed")),
    _A.DIRECTORY_ADDED: ("book", "", gettext_lazy("Added to the directory")),
    _A.DIRECTORY_CHANGED: ("book", "", gettext_lazy("Directory entry changed")),
    _A.DIRECTORY_REMOVED: ("book", "", gettext_lazy("Removed from the directory")),
    _A.DIRECTORY_IMPORTED: ("book", "", gettext_lazy("Directory imported from a file")),
    _A.DIRECTORY_EXPORTED: ("download", "", gettext_lazy("Directory exported")),
    _A.HOLIDAYS_CHANGED: ("book", "", gettext_lazy("Holidays for all changed")),
    _A.AUDIT_DETAIL_ERASED: ("x", "ended", gettext_lazy("Personal details erased")),
}
"""Icon, the state whose colour it takes, and title: each says what was known when the entry was written, not more."""

_PARTS = {
    "worker": gettext_lazy("Sending service"),
    "sweeper": gettext_lazy("Monitoring service"),
    "beat": gettext_lazy("Scheduler"),
    "set-up": gettext_lazy("Set-up"),
    "tenios": "TENIOS",
}


def describe_entry(trail_entry: TrailEntry, *, posts: Mapping[int, str] | None = None) -> AuditLine:
    """Put one entry into words. `posts` holds bodies of stored posts of TENIOS by id, for those named as evidence."""
    entry, detail = trail_entry.entry, trail_entry.detail
    known = detail or {}
    icon, tone, title = _LOOKS.get(entry.action, ("question", "", entry.action))
    if entry.action == AuditAction.TRANSFER_ACCEPTED and detail is not None and "answer" not in detail:
        title = _("Taken as accepted")
    if entry.action == AuditAction.CALL_ENDED and (known.get("evidence") or {}).get("source") == "call_record":
        title = _("Call ended")
    return AuditLine(
        entry=entry,
        icon=icon,
        tone=tone,
        title=str(title),
        tags=tuple(tag for tag in (_actor(entry, known), *_proofs(known)) if tag),
        text=tell(entry.action, known) if detail is not None else _("The personal details of this entry were erased."),
        raw_facts=tuple(_raw_facts(known, posts or {})),
    )


def evidence_post_id(trail_entry: TrailEntry) -> int | None:
    """Return the id of the stored post of TENIOS (`CallEvent`) that an entry rests on."""
    evidence = (trail_entry.detail or {}).get("evidence") or {}
    post_id = evidence.get("call_event_id")
    return post_id if isinstance(post_id, int) else None


def _actor(entry: AuditEntry, detail: Detail) -> str:
    if entry.actor in _PARTS:
        return str(_PARTS[entry.actor])
    return detail.get("actor_name") or _("Person %(pseudonym)s") % {"pseudonym": entry.actor[:8]}


def _proofs(detail: Detail) -> list[str]:
    """What TENIOS called it: the status of its answer, its error code, the type of its post."""
    status = (detail.get("answer") or {}).get("http_status")
    evidence = detail.get("evidence") or {}
    record = _("call record") if evidence.get("source") == "call_record" else ""
    code = detail.get("error_code") or ""
    return [
        f"HTTP {status}" if status else "",
        code if code.isupper() else "",
        evidence.get("request_type", ""),
        record,
    ]


def _raw_facts(detail: Detail, posts: Mapping[int, str]) -> list[RawFact]:
    facts = []
    if request := detail.get("request"):
        facts.append(RawFact(_("Request to TENIOS"), f"POST /transfer-call\n{_as_json(request)}"))
    if answer := detail.get("answer"):
        status = f"HTTP {answer['http_status']}\n" if answer.get("http_status") else ""
        facts.append(RawFact(_("What TENIOS answered"), f"{status}{answer.get('body') or _('(nothing)')}"))
    if evidence := detail.get("evidence"):
        post = posts.get(evidence.get("call_event_id", 0))
        title = _("Post as received, without its key") if post else _("Evidence")
        facts.append(RawFact(title, post or _as_json(evidence)))
    return facts


def _as_json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
