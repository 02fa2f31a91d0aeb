"""Describes an entry of the audit log in the reader's language: title, sentences, and the raw facts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from transfers.audit_log import AuditAction, TrailEntry
from transfers.audit_log.sentences import Detail, sentences_of
from transfers.audit_log.titles import APPEARANCE
from transfers.models import AuditEntry


@dataclass(frozen=True)
class RawFact:
    """Something exactly as it was sent or received, with a title."""

    title: str
    text: str


@dataclass(frozen=True)
class AuditLine:
    """One entry in words. `tone` is the state whose colour the icon has; `tags` say who acted and what proves it."""

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


_PARTS = {
    "worker": gettext_lazy("Sending service"),
    "sweeper": gettext_lazy("Monitoring service"),
    "beat": gettext_lazy("Scheduler"),
    "set-up": gettext_lazy("Set-up"),
    "tenios": "TENIOS",
}


def describe_entry(trail_entry: TrailEntry, *, posts: Mapping[int, str] | None = None) -> AuditLine:
    """Describe one entry. `posts` are the bodies of stored events by id, for entries whose evidence is an event."""
    entry, detail = trail_entry.entry, trail_entry.detail
    known = detail or {}
    icon, tone, title = APPEARANCE.get(entry.action, ("question", "", entry.action))
    if entry.action == AuditAction.TRANSFER_ACCEPTED and detail is not None and "answer" not in detail:
        title = _("Taken as accepted")
    if entry.action == AuditAction.CALL_ENDED and (known.get("evidence") or {}).get("source") == "call_record":
        title = _("Call ended")
    text = sentences_of(entry.action, known)
    return AuditLine(
        entry=entry,
        icon=icon,
        tone=tone,
        title=str(title),
        tags=tuple(tag for tag in (_actor(entry, known), *_proofs(known)) if tag),
        text=text if detail is not None else _("The personal details of this entry were erased."),
        raw_facts=tuple(_raw_facts(known, posts or {})),
    )


def evidence_post_id(trail_entry: TrailEntry) -> int | None:
    """Return the id of the stored event (`CallEvent`) that is the evidence of an entry; None if there is none."""
    evidence = (trail_entry.detail or {}).get("evidence") or {}
    post_id = evidence.get("call_event_id")
    return post_id if isinstance(post_id, int) else None


def _actor(entry: AuditEntry, detail: Detail) -> str:
    if entry.actor in _PARTS:
        return str(_PARTS[entry.actor])
    return detail.get("actor_name") or _("Person %(pseudonym)s") % {"pseudonym": entry.actor[:8]}


def _proofs(detail: Detail) -> list[str]:
    """Return what TENIOS said: the status of its answer, its error code, the type of its event."""
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
