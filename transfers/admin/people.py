"""People: their accounts, their roles, and the phones by which their calls are recognised."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import ManyToManyField, QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from transfers.destination_policy import DestinationRefused, check_destination
from transfers.destination_policy.number_spelling import begins_like_number
from transfers.models import AgentAddress, DestinationType, User

ADMINISTRATOR = "administrator"
ROLES = ["agent", "supervisor", ADMINISTRATOR]


class AgentAddressForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A phone of an agent: a phone number, stored as E.164, or a SIP user name, stored verbatim."""

    def clean_address(self) -> str:
        """Return the address in the format of TENIOS' call events."""
        text = self.cleaned_data["address"]
        kind = DestinationType.EXTERNAL_NUMBER if begins_like_number(text) else DestinationType.SIP_USER
        try:
            return check_destination(destination_type=kind, address=text).address
        except DestinationRefused as refusal:
            raise forms.ValidationError(refusal.reason) from None


class AgentAddressInline(admin.TabularInline):  # type: ignore[type-arg]  # generic in the stubs only
    """The phones of a person."""

    model = AgentAddress
    form = AgentAddressForm
    extra = 1


Fieldsets = list[tuple[str | Promise | None, dict[str, Any]]]

PERSON: Fieldsets = [(_("Person"), {"fields": ["first_name", "last_name", "email", "language"]})]
ROLE: Fieldsets = [(_("Role"), {"fields": ["groups", "is_active"]})]
BEYOND_ROLES: Fieldsets = [(_("Beyond the roles"), {"fields": ["is_superuser", "user_permissions"]})]


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Accounts. Administrators assign roles. Only superusers edit further permissions and other superusers."""

    inlines = [AgentAddressInline]
    list_display = ["username", "first_name", "last_name", "role_names", "is_active"]
    list_filter = ["groups", "is_active"]
    filter_horizontal = ["groups", "user_permissions"]
    show_full_result_count = False

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Show further permissions to superusers only."""
        sign_in = ["username", "password"] if obj else ["username", "usable_password", "password1", "password2"]
        beyond = BEYOND_ROLES if _is_superuser(request) else []
        return [(None, {"fields": sign_in}), *PERSON, *ROLE, *beyond]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Hide superusers from administrators, who could become one by setting its password."""
        people = super().get_queryset(request).prefetch_related("groups")
        return people if _is_superuser(request) else people.filter(is_superuser=False)

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelMultipleChoiceField[Any] | None":
        """Offer only the roles to administrators who are no superusers."""
        if db_field.name == "groups" and not _is_superuser(request):
            kwargs["queryset"] = Group.objects.filter(name__in=ROLES)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Set `is_staff`, which opens this site, for administrators and superusers only."""
        super().save_related(request, form, formsets, change)
        person: User = form.instance
        person.is_staff = person.is_superuser or person.groups.filter(name=ADMINISTRATOR).exists()
        person.save(update_fields=["is_staff"])

    @admin.display(description=_("roles"))
    def role_names(self, person: User) -> str:
        """Return the names of the person's roles."""
        return ", ".join(group.name for group in person.groups.all())


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))
