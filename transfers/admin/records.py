"""Stored records to read. Nobody adds, changes or deletes a call, a transfer or an audit entry here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from transfers.models import AuditDetail, AuditEntry, Call, CallEvent, Transfer


class ReadOnly:
    """Read-only pages for superusers only, because they contain numbers of callers."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        """Refuse. This also removes the action that deletes selected rows."""
        return False

    def has_view_permission(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> bool:
        """Allow superusers."""
        return bool(getattr(request.user, "is_superuser", False))

    has_module_permission = has_view_permission


# Only ids are searched, because a search term is part of the address, where no phone number may appear.


@admin.register(Call)
class CallAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Calls."""

    list_display = ["call_uuid", "state", "agent", "started_at", "ended_at"]
    list_filter = ["state"]
    list_select_related = ["agent"]
    ordering = ["-started_at"]
    search_fields = ["call_uuid"]


@admin.register(CallEvent)
class CallEventAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Call events as TENIOS posted them, to find out why a call shows wrong data."""

    list_display = ["received_at", "request_type", "call_uuid"]
    list_filter = ["request_type"]
    ordering = ["-received_at"]
    search_fields = ["call_uuid"]


@admin.register(Transfer)
class TransferAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Transfers with all columns."""

    list_display = [
        "id",
        "requested_at",
        "agent_name",
        "destination_type",
        "state",
        "error_code",
        "problem",
        "cancel_reason",
    ]
    list_filter = ["state", "destination_type"]
    ordering = ["-requested_at"]
    search_fields = ["call__call_uuid"]


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """The audit chain."""

    list_display = ["seq", "recorded_at", "actor", "action", "transfer_id", "outcome"]
    list_filter = ["action"]
    ordering = ["-seq"]
    readonly_fields = ["payload"]

    @admin.display(description=_("detail"))
    def payload(self, entry: AuditEntry) -> str:
        """Return the detail as recorded, or an empty text after its erasure."""
        detail = AuditDetail.objects.filter(pk=entry.pk).first()
        return detail.payload if detail else ""
