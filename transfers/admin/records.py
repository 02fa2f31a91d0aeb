"""What happened, to look at: nobody adds, changes or deletes a call, a transfer or an audit entry here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from transfers.models import AuditDetail, AuditEntry, Call, CallEvent, Transfer


class OnlyShown:
    """Only shows, and only to superusers: these pages hold numbers of callers."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, *_args: Any, **_kwargs: Any) -> bool:
        """Refuse, and so the action that deletes what is ticked is not there either."""
        return False

    def has_view_permission(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> bool:
        """Let superusers look."""
        return bool(getattr(request.user, "is_superuser", False))

    has_module_permission = has_view_permission


# Calls and transfers are searched by id alone: what is searched for stands in the address, where no number may stand.


@admin.register(Call)
class CallAdmin(OnlyShown, admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Calls as projected."""

    list_display = ["call_uuid", "state", "agent", "started_at", "ended_at"]
    list_filter = ["state"]
    list_select_related = ["agent"]
    ordering = ["-started_at"]
    search_fields = ["call_uuid"]


@admin.register(CallEvent)
class CallEventAdmin(OnlyShown, admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Posts of TENIOS as they came: what to look at when a call shows nothing."""

    list_display = ["received_at", "request_type", "call_uuid"]
    list_filter = ["request_type"]
    ordering = ["-received_at"]
    search_fields = ["call_uuid"]


@admin.register(Transfer)
class TransferAdmin(OnlyShown, admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Transfers with every column."""

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
class AuditEntryAdmin(OnlyShown, admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """The audit chain."""

    list_display = ["seq", "recorded_at", "actor", "action", "transfer_id", "outcome"]
    list_filter = ["action"]
    ordering = ["-seq"]
    readonly_fields = ["payload"]

    @admin.display(description=_("detail"))
    def payload(self, entry: AuditEntry) -> str:
        """Show the detail as it was recorded; nothing once it is erased."""
        detail = AuditDetail.objects.filter(pk=entry.pk).first()
        return detail.payload if detail else ""
