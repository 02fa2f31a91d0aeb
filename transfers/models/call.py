"""Phone calls as TENIOS reports them, and the events that reported them."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CallState(models.TextChoices):
    """How far a call has come. A call only moves down this list, and `ended` is final."""

    RINGING = "ringing", _("Ringing")
    MENU = "menu", _("In menu")
    FORWARDING = "forwarding", _("Forwarding")
    CONNECTED = "connected", _("Connected")
    ENDED = "ended", _("Ended")

    @property
    def rank(self) -> int:
        """The position in the life of a call; a higher rank is later."""
        return list(CallState).index(self)


STALE_AFTER = timedelta(minutes=30)
"""A live call without any event for this long stays on the board, marked as without news."""


class CallQuerySet(models.QuerySet["Call"]):
    """Queries for calls."""

    def live(self) -> Self:
        """Return the calls whose routing plan has not ended."""
        return self.exclude(state=CallState.ENDED)


class Call(models.Model):
    """One phone call, projected from the events of TENIOS (docs/tenios-api.md §6).

    Numbers are E.164 where TENIOS sent them so; `caller_number` is empty when the caller withheld it.
    `caller_digest` is the keyed HMAC of the caller's number: it finds calls without revealing the number.
    `menu_key` is the last key that the caller pressed in a menu. `next_check_at` is when the call records are read next
    for a call without news. All times are UTC.
    """

    call_uuid = models.CharField(_("call id"), max_length=64, unique=True)
    state = models.CharField(_("state"), max_length=16, choices=CallState, default=CallState.RINGING)
    caller_number = models.CharField(_("caller"), max_length=64, blank=True)
    caller_digest = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    called_number = models.CharField(_("dialled number"), max_length=64, blank=True)
    menu_key = models.CharField(max_length=32, blank=True)
    forward_target = models.CharField(max_length=128, blank=True)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="calls",
        verbose_name=_("agent"),
    )
    agent_since_at = models.DateTimeField(null=True, blank=True)
    is_taken_by_hand = models.BooleanField(default=False)
    started_at = models.DateTimeField(_("started"))
    connected_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    last_event_at = models.DateTimeField()
    next_check_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[CallQuerySet] = CallQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        indexes = [
            models.Index(fields=["started_at", "id"], condition=~models.Q(state="ended"), name="call_live_by_start"),
            models.Index(fields=["agent", "-started_at"], name="call_by_agent"),
            models.Index(fields=["-ended_at"], name="call_by_end"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=CallState.values), name="call_state_known"),
        ]

    def __str__(self) -> str:
        return self.call_uuid

    @property
    def running_since_at(self) -> datetime:
        """When the running duration began (UTC): with the talk once there is one, else with the call."""
        return self.connected_at or self.started_at


class CallEvent(models.Model):
    """One event as TENIOS posted it, without its key. An event without a usable call id is stored but changes no call.

    `body` is the JSON text, `kind` our reading of it (`transfers.tenios.CallEventKind`), and `forward_target` the
    destination that a forward named, "" for none.
    """

    received_at = models.DateTimeField(db_index=True)
    request_type = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=24)
    forward_target = models.CharField(max_length=128, blank=True)
    call_uuid = models.CharField(max_length=64, blank=True, db_index=True)
    body = models.TextField()

    class Meta:
        verbose_name = _("call event")
        verbose_name_plural = _("call events")

    def __str__(self) -> str:
        return f"{self.request_type or '?'} {self.pk}"


class ServiceNumber(models.Model):
    """A number that callers dial (E.164), and what the team calls it."""

    number = models.CharField(_("number"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("service number")
        verbose_name_plural = _("service numbers")

    def __str__(self) -> str:
        return self.name
