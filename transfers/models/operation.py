"""The state of the system itself: the gate for requests to TENIOS, heartbeats, and counted totals."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SendingGate(models.Model):
    """The one row (pk 1) that says whether requests may be sent to TENIOS; no row means they may.

    `stopped_at` is when TENIOS refused the access key, and `stop_code` its error code. `refused_key_digest` is a keyed
    digest of that key: it shows whether the key was changed since, and does not reveal it. `checking_until_at` is the
    lease of the key check that may run. `paused_until_at` is until when TENIOS asked us to wait (429, `Retry-After`).
    """

    stopped_at = models.DateTimeField(null=True)
    stop_code = models.CharField(max_length=64, blank=True)
    refused_key_digest = models.CharField(max_length=64, blank=True)
    checking_until_at = models.DateTimeField(null=True)
    paused_until_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("sending gate")
        verbose_name_plural = _("sending gate")
        default_permissions = ()
        permissions = [("manage_connection", "Can look after the connection to TENIOS")]
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="sending_gate_is_one_row")]

    def __str__(self) -> str:
        return f"{self.pk}"


class Heartbeat(models.Model):
    """When a part of the system last sent a heartbeat; `part` is `worker` or `sweeper`."""

    part = models.CharField(primary_key=True, max_length=16)
    beat_at = models.DateTimeField()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.part}"


class MetricTotal(models.Model):
    """One counter of `/metrics`, counted from the audit log; it only grows.

    `name` is the metric without its prefix, `label` the value of its only label ("" for none). A histogram has a row
    for each upper bound in seconds, with `inf` as the last; `total_seconds` is set in the `inf` row only. In the row
    named `position`, `count` is the seq of the last audit entry that was counted.
    """

    name = models.CharField(max_length=48)
    label = models.CharField(max_length=48, blank=True)
    upper_bound = models.CharField(max_length=8, blank=True)
    count = models.BigIntegerField(default=0)
    total_seconds = models.FloatField(default=0.0)

    class Meta:
        verbose_name = _("metric")
        verbose_name_plural = _("metrics")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["name", "label", "upper_bound"], name="metric_total_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name}"
