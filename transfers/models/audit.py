"""The audit chain: what happened, provably in this order. The personal part can be erased separately.

Each entry commits to its detail by a salted hash and to its predecessor by hash (docs/audit.md).
Only `transfers.audit_log` writes these tables; triggers on both databases refuse every change.
"""

from django.db import models


class AuditEntry(models.Model):
    """One recorded fact. It contains no number, name or free text: those are in its `AuditDetail`.

    `seq` is contiguous from 1. `actor` is a person's pseudonym or the name of a part (`worker`, `sweeper`, `tenios`).
    `transfer_id` and `call_id` are plain numbers and no foreign keys, because the entry outlives the rows.
    """

    seq = models.BigIntegerField(primary_key=True)
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    action = models.CharField(max_length=40)
    transfer_id = models.BigIntegerField(null=True)
    call_id = models.BigIntegerField(null=True, db_index=True)
    outcome = models.CharField(max_length=16, blank=True)
    detail_commit = models.CharField(max_length=64)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        default_permissions = ("view",)
        indexes = [models.Index(fields=["transfer_id", "seq"], name="audit_by_transfer")]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"


class AuditDetail(models.Model):
    """The personal part of an entry: canonical JSON, and a salt (hex) without which the commitment reveals nothing."""

    entry = models.OneToOneField(AuditEntry, primary_key=True, on_delete=models.DO_NOTHING, related_name="detail")
    salt = models.CharField(max_length=64)
    payload = models.TextField()

    class Meta:
        verbose_name = "audit detail"
        verbose_name_plural = "audit details"
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.pk}"
