"""One transfer: one call sent to one destination, and what became of it."""

from datetime import timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .call import Call
from .destination import DestinationType
from .policy import Approval
from .transfer_choices import CancelReason, Problem, ResolvedBy, TransferState
from .user import User

RECORDS_ASKED_FOR = timedelta(hours=24)
"""How long after sending the call records of a transfer are read; after that, only a person can resolve it."""

OPEN_STATES = [TransferState.REQUESTED, TransferState.SENDING, TransferState.UNKNOWN]
UNSETTLED_STATES = [*OPEN_STATES, TransferState.ACCEPTED]


class TransferQuerySet(models.QuerySet["Transfer"]):
    """Queries for transfers."""

    def open(self) -> Self:
        """Return the transfers that block another one of their call: requested, being sent, or unclear."""
        return self.filter(state__in=OPEN_STATES)

    def moving(self) -> "Transfer | None":
        """Return the transfer of a call that last moved its caller, or still may; None if the caller was not moved.

        An accepted transfer counts until another one is requested: the agent who requests it has the caller back.
        """
        ordered = sorted(self, key=lambda transfer: transfer.pk, reverse=True)
        counting = [*OPEN_STATES, TransferState.ANSWERED]
        if ordered and ordered[0].state == TransferState.ACCEPTED:
            return ordered[0]
        return next((transfer for transfer in ordered if transfer.state in counting), None)

    def unresolved(self) -> Self:
        """Return the transfers that are unclear for so long that only a supervisor can resolve them."""
        return self.filter(state=TransferState.UNKNOWN, sent_at__lt=timezone.now() - RECORDS_ASKED_FOR)

    def unsettled(self) -> Self:
        """Return the transfers whose outcome is not known yet, including accepted ones."""
        return self.filter(state__in=UNSETTLED_STATES)


class Transfer(models.Model):
    """A request to move one call to one destination. Names are frozen: the row outlives accounts and entries.

    `due_at` is when the agent's time to undo ends; `claim_token` and `lease_until_at` belong to the process that sends
    it; `ring_seconds` is how long the phone rang until the answer, or until it stopped; `next_check_at` is when the
    call records are read next, `dismissed_at` when its agent closed it on their card; `approval` is the supervisor's
    approval, where the policy alone does not allow the transfer. `request_key` is the idempotency key of its form.

    What TENIOS answered: `http_status`, `error_code`, `error_message`, `error_fields` (names, joined by commas), each
    empty where the answer had none. What we know ourselves: `problem` (what went wrong on our side), `cancel_reason`
    (why we did not send it) and `resolved_by` (who or what ended an unclear outcome).
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="transfers", verbose_name=_("call"))
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="transfers",
        verbose_name=_("agent"),
    )
    agent_name = models.CharField(max_length=160)
    destination_type = models.CharField(max_length=16, choices=DestinationType)
    destination = models.CharField(max_length=128)
    destination_name = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=500, blank=True)
    request_key = models.UUIDField()
    state = models.CharField(max_length=16, choices=TransferState, default=TransferState.REQUESTED)
    attempt = models.PositiveSmallIntegerField(default=0)
    claim_token = models.UUIDField(null=True)
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField()
    lease_until_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    http_status = models.PositiveSmallIntegerField(null=True)
    error_code = models.CharField(max_length=64, blank=True)
    error_message = models.CharField(max_length=300, blank=True)
    error_fields = models.CharField(max_length=120, blank=True)
    problem = models.CharField(max_length=16, choices=Problem, blank=True)
    cancel_reason = models.CharField(max_length=32, choices=CancelReason, blank=True)
    resolved_by = models.CharField(max_length=16, choices=ResolvedBy, blank=True)
    hangup_cause = models.CharField(max_length=64, blank=True)
    ring_seconds = models.PositiveIntegerField(null=True)
    next_check_at = models.DateTimeField(null=True)
    dismissed_at = models.DateTimeField(null=True)
    approval = models.ForeignKey(Approval, null=True, on_delete=models.PROTECT, related_name="transfers")

    objects: ClassVar[TransferQuerySet] = TransferQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        permissions = [
            ("view_board", "Can see the live board"),
            ("request_transfer", "Can transfer own calls and calls that are nobody's"),
            ("transfer_any_call", "Can transfer every call of the team"),
            ("view_all_transfers", "Can see the transfers of all agents"),
            ("export_transfers", "Can export transfers"),
        ]
        indexes = [
            models.Index(fields=["-requested_at", "-id"], name="transfer_latest"),
            models.Index(fields=["agent", "-requested_at", "-id"], name="transfer_by_agent"),
            models.Index(fields=["state", "-requested_at", "-id"], name="transfer_by_state"),
            models.Index(fields=["destination_type", "-requested_at", "-id"], name="transfer_by_type"),
            models.Index(fields=["destination", "-requested_at", "-id"], name="transfer_by_destination"),
            models.Index(fields=["agent", "destination", "-requested_at", "-id"], name="transfer_by_agent_dest"),
            models.Index(fields=["destination_name", "-requested_at", "-id"], name="transfer_by_dest_name"),
            models.Index(fields=["agent_name", "-requested_at", "-id"], name="transfer_by_agent_name"),
            models.Index(
                fields=["due_at"], condition=models.Q(state__in=["requested", "sending"]), name="transfer_due"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["call"],
                condition=models.Q(state__in=["requested", "sending", "unknown"]),
                name="transfer_open_once_per_call",
            ),
            models.UniqueConstraint(fields=["agent", "request_key"], name="transfer_once_per_form"),
            models.CheckConstraint(condition=models.Q(attempt__lte=1), name="transfer_sent_at_most_once"),
            models.CheckConstraint(condition=models.Q(state__in=TransferState.values), name="transfer_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    def has_brought_call_to(self, user: User) -> bool:
        """Whether the call came to its agent by this transfer, so that for them it is a call like any other.

        Their phone is its destination, and the call became theirs after it was sent; a call that somebody took by
        hand while it was under way is not meant.
        """
        since_at = self.call.agent_since_at
        if self.call.agent_id != user.pk or since_at is None or self.sent_at is None or since_at < self.sent_at:
            return False
        return any(each.address == self.destination for each in user.addresses.all())

    @property
    def seconds_until_due(self) -> float:
        """Seconds until the time to undo ends; 0 once it is over."""
        return max(0.0, (self.due_at - timezone.now()).total_seconds())
