"""What the database keeps. Every name that other modules may use is listed here."""

from ._search_text import fold, search_text, without_accents
from .audit import AuditDetail, AuditEntry
from .call import STALE_AFTER, Call, CallEvent, CallState, ServiceNumber
from .destination import Destination, DestinationQuerySet, DestinationType
from .directory import DirectoryEntry, DirectoryEntryQuerySet, EntryKind
from .directory_change import DirectoryChange
from .directory_import import DirectoryImport, DirectoryImportPart
from .favourite import Favourite
from .opening_hours import Holiday, OpeningHours
from .operation import Heartbeat, MetricTotal, SendingGate
from .policy import Approval, ApprovalState, NumberRule
from .sip_user import AvailabilityCheck, AvailabilityState, SipUser, SipUserFetch
from .transfer import OPEN_STATES, RECORDS_ASKED_FOR, Transfer
from .transfer_choices import CancelReason, Problem, ResolvedBy, TransferState
from .user import AgentAddress, User

__all__ = [
    "OPEN_STATES",
    "RECORDS_ASKED_FOR",
    "STALE_AFTER",
    "AgentAddress",
    "Approval",
    "ApprovalState",
    "AuditDetail",
    "AuditEntry",
    "AvailabilityCheck",
    "AvailabilityState",
    "Call",
    "CallEvent",
    "CallState",
    "CancelReason",
    "Destination",
    "DestinationQuerySet",
    "DestinationType",
    "DirectoryChange",
    "DirectoryEntry",
    "DirectoryEntryQuerySet",
    "DirectoryImport",
    "DirectoryImportPart",
    "EntryKind",
    "Favourite",
    "Heartbeat",
    "Holiday",
    "MetricTotal",
    "NumberRule",
    "OpeningHours",
    "Problem",
    "ResolvedBy",
    "SendingGate",
    "ServiceNumber",
    "SipUser",
    "SipUserFetch",
    "Transfer",
    "TransferState",
    "User",
    "fold",
    "search_text",
    "without_accents",
]
