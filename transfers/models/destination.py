"""The directory: where a call can go, by name."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ._search_text import search_text

SEARCHED_FIELDS = frozenset({"name", "destination_type", "address", "department", "note"})


class DestinationType(models.TextChoices):
    """The three kinds of destination that TENIOS transfers to, in our own words."""

    EXTERNAL_NUMBER = "external_number", _("Phone number")
    SIP_USER = "sip_user", _("SIP user")
    SIP_TRUNK = "sip_trunk", _("SIP trunk")


class DestinationQuerySet(models.QuerySet["Destination"]):
    """Reads and bulk writes of the directory; the latter keep `search_text` true."""

    def active(self) -> Self:
        """Entries that agents may transfer to."""
        return self.filter(is_active=True)

    def bulk_create(self, objs: Iterable["Destination"], *args: Any, **kwargs: Any) -> list["Destination"]:
        """Insert many (or update those in conflict), each with its `search_text`."""
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = _with_derived(kwargs["update_fields"])
        return super().bulk_create(_with_search_text(objs), *args, **kwargs)

    def bulk_update(self, objs: Iterable["Destination"], fields: Iterable[str], batch_size: int | None = None) -> int:
        """Update many, with `search_text` whenever a searched field is among `fields`."""
        return super().bulk_update(_with_search_text(objs), _with_derived(fields), batch_size)

    def update(self, **kwargs: Any) -> int:
        """Update in the database. Searched fields go through `save()` or `bulk_update()` (`ValueError`)."""
        if SEARCHED_FIELDS & kwargs.keys() and "search_text" not in kwargs:
            raise ValueError("update() cannot keep search_text true: use save() or bulk_update()")
        return super().update(**kwargs)


def _with_search_text(entries: Iterable["Destination"]) -> Sequence["Destination"]:
    known = list(entries)
    for entry in known:
        entry.renew_search_text()
    return known


def _with_derived(fields: Iterable[str]) -> list[str]:
    names = set(fields)
    return sorted(names | {"search_text"} if SEARCHED_FIELDS & names else names)


class Destination(models.Model):
    """A named person, team or line. `address` is E.164 for a number, else the SIP user or trunk name, verbatim.

    `search_text` is the folded text the picker searches (see `transfers.directory`); every way of saving renews it.
    """

    name = models.CharField(_("name"), max_length=120)
    destination_type = models.CharField(_("kind"), max_length=16, choices=DestinationType)
    address = models.CharField(_("number or SIP name"), max_length=128)
    department = models.CharField(_("department"), max_length=120, blank=True)
    note = models.CharField(
        _("note"), max_length=300, blank=True, help_text=_("Shown to the agent before the transfer.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    search_text = models.TextField(editable=False, blank=True)

    objects: ClassVar[DestinationQuerySet] = DestinationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("destination")
        verbose_name_plural = _("destinations")
        constraints = [
            models.UniqueConstraint(
                fields=["destination_type", "address"],
                name="destination_address_once",
                violation_error_message=_("This number or SIP name is already in the directory."),
            ),
            models.CheckConstraint(
                condition=models.Q(destination_type__in=DestinationType.values), name="destination_type_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the `search_text` that belongs to what is saved."""
        self.renew_search_text()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = _with_derived(kwargs["update_fields"])
        super().save(*args, **kwargs)

    def renew_search_text(self) -> None:
        """Compose `search_text` from the fields it finds."""
        self.search_text = search_text(
            name=self.name,
            address=self.address,
            department=self.department,
            note=self.note,
            is_number=self.destination_type == DestinationType.EXTERNAL_NUMBER,
        )


class Favourite(models.Model):
    """A destination that an agent keeps on one of the keys 1 to 9."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourites")
    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="favourites")
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        constraints = [
            models.UniqueConstraint(fields=["user", "destination"], name="favourite_once"),
            models.UniqueConstraint(fields=["user", "position"], name="favourite_key_once"),
            models.CheckConstraint(condition=models.Q(position__gte=1, position__lte=9), name="favourite_key_1_to_9"),
        ]

    def __str__(self) -> str:
        return f"{self.position}"
