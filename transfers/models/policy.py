"""What the company decides beyond regions and types: number rules, and supervisors' approvals of single transfers."""

from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .call import Call
from .destination import DestinationType


class NumberRule(models.Model):
    """Numbers that begin with `starts_with` (E.164, "+49900") are denied, or allowed whatever their region and type.

    If several rules match, the longest one decides. No two rules have the same beginning.
    """

    class Verdict(models.TextChoices):
        DENY = "deny", _("Never")
        ALLOW = "allow", _("Always")

    starts_with = models.CharField(
        _("numbers that begin with"),
        max_length=16,
        unique=True,
        validators=[RegexValidator(r"^\+[1-9][0-9]{0,14}\Z", _("Begin with + and the country code, digits only."))],
        error_messages={"unique": _("There is a rule for this beginning already.")},
    )
    verdict = models.CharField(_("may be called"), max_length=8, choices=Verdict, default=Verdict.DENY)
    reason = models.CharField(_("reason"), max_length=200, blank=True, help_text=_("Shown to whoever is refused."))

    class Meta:
        verbose_name = _("number rule")
        verbose_name_plural = _("number rules")
        default_permissions = ()
        permissions = [("manage_number_rules", "Can decide which numbers may be called")]
        ordering: ClassVar[list[str]] = ["starts_with"]

    def __str__(self) -> str:
        return f"{self.starts_with} {self.verdict}"


class ApprovalQuerySet(models.QuerySet["Approval"]):
    """Queries for approvals."""

    def pending(self) -> Self:
        """Return the approvals that nobody has answered yet, including those that are too old."""
        return self.filter(state=ApprovalState.ASKED)


class ApprovalState(models.TextChoices):
    """What became of an agent's question to the supervisors."""

    ASKED = "asked", _("Asked")
    GRANTED = "granted", _("Agreed")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Not answered in time")


class Approval(models.Model):
    """An agent's request that a supervisor allows one call to go to one destination which the policy alone refuses.

    `reason_code` is why it was not allowed (`country`, `number_type`, `worldwide`, `too_many`; empty if it was allowed
    by then). `request_key` is the idempotency key of the form; the key of the transfer is derived from it. Names are
    frozen.
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="approvals")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="approvals")
    destination_type = models.CharField(max_length=16, choices=DestinationType)
    destination = models.CharField(max_length=128)
    note = models.CharField(max_length=500, blank=True)
    reason_code = models.CharField(max_length=32)
    request_key = models.UUIDField()
    state = models.CharField(max_length=16, choices=ApprovalState, default=ApprovalState.ASKED)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_name = models.CharField(max_length=160, blank=True)

    objects: ClassVar[ApprovalQuerySet] = ApprovalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        default_permissions = ()
        permissions = [("decide_approvals", "Can agree to transfers that the policy leaves to a supervisor")]
        indexes = [
            models.Index(fields=["asked_at"], condition=models.Q(state="asked"), name="approval_pending"),
            models.Index(fields=["agent", "-id"], name="approval_by_agent"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agent"], condition=models.Q(state="asked"), name="approval_one_question_at_a_time"
            ),
            models.UniqueConstraint(fields=["agent", "request_key"], name="approval_once_per_form"),
            models.CheckConstraint(condition=models.Q(state__in=ApprovalState.values), name="approval_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
