"""The closed sets of values that a transfer's columns take."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TransferState(models.TextChoices):
    """The states of docs/interface.md, "Words". Who moves what is the table in `transfers.lifecycle.states`."""

    REQUESTED = "requested", _("Queued")
    SENDING = "sending", _("Sending")
    ACCEPTED = "accepted", _("Accepted")
    ANSWERED = "answered", _("Answered")
    NOT_ANSWERED = "not_answered", _("Not answered")
    REJECTED = "rejected", _("Rejected")
    NOT_SENT = "not_sent", _("Not sent")
    EXPIRED = "expired", _("Not sent in time")
    CANCELLED = "cancelled", _("Undone")
    UNKNOWN = "unknown", _("Unconfirmed")
    NOT_EXECUTED = "not_executed", _("Not executed")


class CancelReason(models.TextChoices):
    """Why we cancelled a request, or let it expire. Empty when its agent took it back, or when it was just too old."""

    CALL_ENDED = "call_ended"
    ANSWERED_MEANWHILE = "answered_meanwhile"
    RIGHT_LOST = "right_lost"
    DESTINATION_REFUSED = "destination_refused"
    TOO_MANY = "too_many"
    SENDING_STOPPED = "sending_stopped"
    SENDING_PAUSED = "sending_paused"


class Problem(models.TextChoices):
    """What went wrong on our side of the request to TENIOS. The first four are those of `transfers.tenios`.

    `too_late`: the sending process was frozen after its claim. `no_report`: it never recorded an answer.
    """

    CONNECT = "connect"
    TIMEOUT = "timeout"
    NETWORK = "network"
    TOO_LARGE = "too_large"
    TOO_LATE = "too_late"
    NO_REPORT = "no_report"


class ResolvedBy(models.TextChoices):
    """Who or what ended the doubt about a transfer that was `unknown`: the source of the step that left this state.

    Later steps do not change it: a transfer that a person resolved keeps `person` when its call record comes in. Empty
    for a transfer that was never `unknown`, and for one that TENIOS resolved before this column existed.
    """

    ANSWER = "answer"
    CALL_EVENT = "call_event"
    CALL_RECORD = "call_record"
    PERSON = "person"
