"""What the audit log knows to have happened."""

from django.db import models


class AuditAction(models.TextChoices):
    """A fact, in the past tense. The stored words are part of the hashed chain: they are added to, never changed."""

    TRANSFER_REQUESTED = "transfer_requested"
    TRANSFER_HURRIED = "transfer_hurried"
    TRANSFER_CANCELLED = "transfer_cancelled"
    TRANSFER_SENDING = "transfer_sending"
    TRANSFER_ACCEPTED = "transfer_accepted"
    TRANSFER_REJECTED = "transfer_rejected"
    TRANSFER_NOT_SENT = "transfer_not_sent"
    TRANSFER_EXPIRED = "transfer_expired"
    TRANSFER_UNKNOWN = "transfer_unknown"
    TRANSFER_RINGING = "transfer_ringing"
    TRANSFER_ANSWERED = "transfer_answered"
    TRANSFER_NOT_ANSWERED = "transfer_not_answered"
    TRANSFER_NOT_EXECUTED = "transfer_not_executed"
    CALL_TAKEN = "call_taken"
    CALL_GIVEN_UP = "call_given_up"
    CALL_ENDED = "call_ended"
    SENDING_STOPPED = "sending_stopped"
    SENDING_PAUSED = "sending_paused"
    SENDING_RESUMED = "sending_resumed"
    ACCESS_KEY_CHECKED = "access_key_checked"
    HISTORY_EXPORTED = "history_exported"
    AUDIT_DETAIL_ERASED = "audit_detail_erased"
