"""The icon and title of each kind of audit entry, also of kinds that no page shows yet."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from transfers.audit_log.actions import AuditAction

_A = AuditAction
APPEARANCE: dict[str, tuple[str, str, str | Promise]] = {
    _A.TRANSFER_REQUESTED: ("cursor", "requested", gettext_lazy("Transfer requested")),
    _A.TRANSFER_GRACE_ENDED: ("bolt", "requested", gettext_lazy("Time to undo ended early")),
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
"""By action: icon, the state whose colour the icon has, and title. A title claims no more than was known then."""
