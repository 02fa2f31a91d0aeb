"""The sentences of the audit trail: why something happened, and by what it is known."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from transfers.audit_log import AuditAction
from transfers.models import CancelReason, Problem

Detail = Mapping[str, Any]

_REASONS: dict[str, Promise] = {
    CancelReason.CALL_ENDED: gettext_lazy("The call ended first."),
    CancelReason.RIGHT_LOST: gettext_lazy("The agent was no longer allowed to transfer."),
    CancelReason.DESTINATION_REFUSED: gettext_lazy("The destination was no longer allowed."),
    CancelReason.SENDING_STOPPED: gettext_lazy("TENIOS had refused the access key. Nothing was sent."),
    CancelReason.SENDING_PAUSED: gettext_lazy(
        "TENIOS had asked us to wait for longer than a request may. Nothing was sent."
    ),
    "pause_over": gettext_lazy("The pause that TENIOS had asked for was over."),
    "key_accepted": gettext_lazy("TENIOS takes the access key again."),
    CancelReason.TOO_MANY: gettext_lazy("The limit of transfers to outside numbers was reached."),
    "country": gettext_lazy("The number lies in a country that is not allowed."),
    "number_type": gettext_lazy("Numbers of this kind are not allowed."),
    "worldwide": gettext_lazy("Worldwide and satellite numbers are not allowed."),
    Problem.TOO_LATE: gettext_lazy("The sending process was delayed for too long."),
    Problem.NO_REPORT: gettext_lazy(
        "The sending process never reported back. Whether the request was sent is not known."
    ),
    Problem.TIMEOUT: gettext_lazy("TENIOS did not answer in time."),
    Problem.CONNECT: gettext_lazy("No connection to TENIOS could be made. Nothing was sent."),
    Problem.NETWORK: gettext_lazy("The connection broke off before there was an answer."),
    Problem.TOO_LARGE: gettext_lazy("What came back was too large to be an answer."),
}


def sentences_of(action: str, detail: Detail) -> str:
    """Return the detail of an entry as sentences: reason, evidence, time; "" if it has none of these."""
    sentences = [
        _request_sentence(detail) if action == AuditAction.TRANSFER_REQUESTED else "",
        _key_sentence(detail) if action == AuditAction.ACCESS_KEY_CHECKED else "",
        str(detail.get("entry_name") or ""),
        _reason_sentence(detail),
        _pause_sentence(detail) if action == AuditAction.SENDING_PAUSED else "",
        _evidence_sentence(detail),
        _("The state stays as the person said.") if action == AuditAction.TRANSFER_CONTRADICTED else "",
        _call_end_sentence(detail) if action == AuditAction.CALL_ENDED else "",
        _time_sentence(detail),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _request_sentence(detail: Detail) -> str:
    grace = detail.get("grace_seconds")
    undo = _("%(seconds)s s to undo.") % {"seconds": f"{grace:g}"} if grace else ""
    note = _("Note: %(note)s") % {"note": detail["note"]} if detail.get("note") else ""
    return " ".join(part for part in (undo, note) if part)


def _call_end_sentence(detail: Detail) -> str:
    """An event reports the end of the routing plan, a call record the end of the caller's own leg."""
    if (detail.get("evidence") or {}).get("source") == "call_record":
        return _("No post reported it; the call record of the caller shows it.")
    return _("Does not say whether the talk went on.")


def reason_text(code: str) -> str:
    """Return a sentence for one of our own reason codes, which are in lower case; "" for any other code."""
    return str(_REASONS.get(code, ""))


def _reason_sentence(detail: Detail) -> str:
    return reason_text(
        detail.get("error_code") or detail.get("reason") or (detail.get("answer") or {}).get("problem", "")
    )


def _pause_sentence(detail: Detail) -> str:
    kept, asked = detail.get("pause_seconds"), detail.get("asked_seconds")
    if asked is None:
        return _("For %(seconds)s s; TENIOS named no time.") % {"seconds": kept}
    if asked != kept:
        return _("For %(seconds)s s; TENIOS asked for %(asked)s s.") % {"seconds": kept, "asked": asked}
    return _("For %(seconds)s s, as TENIOS asked.") % {"seconds": kept}


def _key_sentence(detail: Detail) -> str:
    sentences = {
        "accepted": _("TENIOS takes the access key."),
        "refused": _("TENIOS refuses the access key."),
        "unclear": _("There was no clear answer."),
    }
    return sentences.get(str(detail.get("result")), "")


def _time_sentence(detail: Detail) -> str:
    seconds = (detail.get("answer") or {}).get("seconds")
    return _("After %(milliseconds)s ms.") % {"milliseconds": round(seconds * 1000)} if seconds is not None else ""


def _evidence_sentence(detail: Detail) -> str:
    evidence = detail.get("evidence") or {}
    source = evidence.get("source")
    if source == "person":
        if evidence.get("caller_still_here"):
            return _("Said that the caller was still on the line.")
        return _("Said that the caller was gone.")
    if source == "call_event":
        return _("Post from TENIOS about this call.")
    if source == "call_record" and evidence.get("legs") == 0:
        return _("The records of the call are complete and show no such leg.")
    cause = evidence.get("hangup_cause")
    return _("Cause: %(cause)s.") % {"cause": cause} if cause else ""
