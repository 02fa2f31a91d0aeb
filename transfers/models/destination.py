"""The addresses of the directory: each is a destination that the picker offers and a call can be transferred to."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ._search_text import search_text
from .directory import DirectoryEntry, for_audience_of
from .user import User

SEARCHED_FIELDS = frozenset({"destination_type", "address", "label", "entry"})


class DestinationType(models.TextChoices):
    """The three kinds of destination that TENIOS transfers to, in our own words."""

    EXTERNAL_NUMBER = "external_number", _("Phone number")
    SIP_USER = "sip_user", _("SIP user")
    SIP_TRUNK = "sip_trunk", _("SIP trunk")


class DestinationQuerySet(models.QuerySet["Destination"]):
    """Queries and bulk writes of addresses; the bulk writes keep `search_text` and `owner` up to date."""

    def active(self) -> Self:
        """Addresses of active entries, each with its entry.

        It excludes the few inactive entries, so that the database need not read the many active ones.
        """
        switched_off = DirectoryEntry.objects.filter(is_active=False).values("pk")
        return self.exclude(entry__in=switched_off).select_related("entry")

    def visible_to(self, user: User) -> Self:
        """Addresses that a person may see: of personal entries of their own, and of shared entries for their groups."""
        of_others = Q(owner__isnull=False) & ~Q(owner=user.pk)  # keeps SQLite from using the index of owners
        audience = for_audience_of(user, "entry")
        seen = Q(owner=user.pk) | audience if audience else Q()
        return self.exclude(of_others).filter(seen).select_related("entry")

    def usable_by(self, user: User) -> Self:
        """Addresses that a person may transfer calls to: active ones that are visible to the person."""
        return self.active().visible_to(user)

    def bulk_create(self, objs: Iterable["Destination"], *args: Any, **kwargs: Any) -> list["Destination"]:
        """Insert many (or update those in conflict), each with its derived fields."""
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = _with_derived(kwargs["update_fields"])
        return super().bulk_create(_with_renewed(objs), *args, **kwargs)

    def bulk_update(self, objs: Iterable["Destination"], fields: Iterable[str], batch_size: int | None = None) -> int:
        """Update many, and `search_text` as well if a searched field is among `fields`."""
        return super().bulk_update(_with_renewed(objs), _with_derived(fields), batch_size)

    def update(self, **kwargs: Any) -> int:
        """Update in the database. Raises `ValueError` for searched fields, which need `save()` or `bulk_update()`."""
        if SEARCHED_FIELDS & kwargs.keys() and "search_text" not in kwargs:
            raise ValueError("update() cannot keep search_text true: use save() or bulk_update()")
        return super().update(**kwargs)


def _with_renewed(destinations: Iterable["Destination"]) -> Sequence["Destination"]:
    known = list(destinations)
    for destination in known:
        destination.renew_derived()
    return known


def _with_derived(fields: Iterable[str]) -> list[str]:
    names = set(fields)
    return sorted(names | {"search_text", "owner"} if SEARCHED_FIELDS & names else names)


class Destination(models.Model):
    """One address of an entry. `address` is E.164 for a number, else the SIP user or trunk name, verbatim.

    `label` distinguishes it from other addresses of the entry ("mobile"), `position` orders them. `owner` is a copy of
    the entry's owner, so that a constraint can allow an address once in the shared directory and once per owner.
    `search_text` is the folded text that the picker searches (see `transfers.directory`); every save renews it.
    """

    entry = models.ForeignKey(DirectoryEntry, on_delete=models.CASCADE, related_name="destinations")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, editable=False, related_name="own_destinations"
    )
    destination_type = models.CharField(_("kind"), max_length=16, choices=DestinationType)
    address = models.CharField(_("number or SIP name"), max_length=128)
    label = models.CharField(_("label"), max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    search_text = models.TextField(editable=False, blank=True)

    objects: ClassVar[DestinationQuerySet] = DestinationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("destination")
        verbose_name_plural = _("destinations")
        default_permissions = ()
        indexes = [models.Index(fields=["address"], name="destination_by_address")]
        constraints = [
            models.UniqueConstraint(
                fields=["destination_type", "address"],
                condition=Q(owner=None),
                name="destination_address_once",
                violation_error_message=_("This number or SIP name is already in the directory."),
            ),
            models.UniqueConstraint(
                fields=["owner", "destination_type", "address"],
                condition=Q(owner__isnull=False),
                name="destination_own_address_once",
                violation_error_message=_("This number or SIP name is already in the directory."),
            ),
            models.CheckConstraint(
                condition=Q(destination_type__in=DestinationType.values), name="destination_type_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the derived fields."""
        self.renew_derived()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = _with_derived(kwargs["update_fields"])
        super().save(*args, **kwargs)

    @property
    def identity(self) -> tuple[str, str]:
        """Type and address."""
        return (self.destination_type, self.address)

    @property
    def name(self) -> str:
        """The name of the entry."""
        return self.entry.name

    @property
    def department(self) -> str:
        """The department of the entry."""
        return self.entry.department

    @property
    def note(self) -> str:
        """The note of the entry."""
        return self.entry.note

    @property
    def is_active(self) -> bool:
        """Whether agents may transfer to the entry."""
        return self.entry.is_active

    def renew_derived(self) -> None:
        """Set `search_text` and `owner` from entry and address."""
        self.owner_id = self.entry.owner_id
        self.search_text = search_text(
            name=self.entry.name,
            address=self.address,
            label=self.label,
            department=self.entry.department,
            tags=self.entry.tags,
            note=self.entry.note,
            is_number=self.destination_type == DestinationType.EXTERNAL_NUMBER,
        )
