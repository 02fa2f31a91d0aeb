"""SIP users as TENIOS last reported them, and the state of fetching them. They complement the directory."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .directory import DirectoryEntry


class AvailabilityState(models.TextChoices):
    """Whether TENIOS' call distribution has an agent available; empty if it never reported that."""

    AVAILABLE = "available", _("Available")
    NOT_AVAILABLE = "not_available", _("Not available")


class SipUser(models.Model):
    """A user of TENIOS' Cloud PBX. `user_name` is verbatim and the address of a destination.

    `remote` is what TENIOS says since `remote_since`: {"name", "label", "is_there"}. `base` is what TENIOS said when
    the directory last took it over, null for never. Where the directory differs from `base`, somebody edited it.
    `entry` is the shared entry that has the address, or had it at that time. `gone_at` is when a whole list lacked the
    user. `availability` was reported at `availability_at`; the next request is due at `ask_again_at`. Times are UTC.

    Only `transfers.directory.sip_users` writes SIP users.
    """

    user_name = models.CharField(max_length=128, unique=True)
    email = models.CharField(max_length=160, blank=True)
    remote = models.JSONField()
    base = models.JSONField(null=True)
    entry = models.ForeignKey(DirectoryEntry, on_delete=models.SET_NULL, null=True, related_name="sip_users")
    remote_since = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    availability = models.CharField(max_length=16, choices=AvailabilityState, blank=True)
    availability_at = models.DateTimeField(null=True)
    ask_again_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("SIP user")
        verbose_name_plural = _("SIP users")
        default_permissions = ()

    def __str__(self) -> str:
        return self.user_name


class SipUserFetch(models.Model):
    """The one row (pk 1) with the state of fetching the SIP users; no row: never requested.

    `asked_at` is when a person requested a fetch that no worker has started yet. `running_until_at` is the lease of the
    running fetch, which began at `started_at` and has read `read_count` users. `fetched_at` is the last success, and
    `is_whole` whether it read all users; `problem` (a value of `transfers.tenios.ReadProblem`, or "") and `detail` say
    why the last one failed. `waiting_count` changes wait for a person's decision.
    """

    asked_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    running_until_at = models.DateTimeField(null=True)
    read_count = models.PositiveIntegerField(default=0)
    fetched_at = models.DateTimeField(null=True)
    is_whole = models.BooleanField(default=True)
    problem = models.CharField(max_length=16, blank=True)
    detail = models.CharField(max_length=64, blank=True)
    waiting_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("fetch of SIP users")
        verbose_name_plural = _("fetch of SIP users")
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="sip_user_fetch_is_one_row")]

    def __str__(self) -> str:
        return f"{self.pk}"


class AvailabilityCheck(models.Model):
    """The one row (pk 1) with the state of the periodic query of SIP users' availability.

    `asking_until_at` is the lease of the one round that may run. No request is sent before `paused_until_at`, because
    of `problem` (a value of `transfers.tenios.ReadProblem`).
    """

    asking_until_at = models.DateTimeField(null=True)
    paused_until_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=16, blank=True)

    class Meta:
        verbose_name = _("check of availability")
        verbose_name_plural = _("check of availability")
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="availability_check_is_one_row")]

    def __str__(self) -> str:
        return f"{self.pk}"
