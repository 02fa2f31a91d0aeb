"""The directory: the people, teams and lines that a call can go to."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ._search_text import entry_search_text
from .user import User

SEARCHED_FIELDS = frozenset({"name", "department", "tags", "note"})


class EntryKind(models.TextChoices):
    """What kind of destination an entry is."""

    PERSON = "person", _("Person")
    TEAM = "team", _("Team")
    LINE = "line", _("Line")


class DirectoryEntryQuerySet(models.QuerySet["DirectoryEntry"]):
    """Queries and bulk writes of entries; the bulk writes keep the search text of their addresses up to date."""

    def shared(self) -> Self:
        """Return the entries without an owner."""
        return self.filter(owner=None)

    def visible_to(self, user: User) -> Self:
        """Return the person's own entries and the shared ones that they may use, active or not."""
        return self.filter(Q(owner=user.pk) | Q(owner=None) & for_audience_of(user, "pk"))

    def bulk_create(self, objs: Iterable["DirectoryEntry"], *args: Any, **kwargs: Any) -> list["DirectoryEntry"]:
        """Insert many, each with its search text. Insert their addresses afterwards."""
        entries = list(objs)
        for entry in entries:
            entry.renew_search_text()
        return super().bulk_create(entries, *args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        """Update in the database. Raises `ValueError` for searched fields, which need `save()` or `bulk_update()`."""
        if SEARCHED_FIELDS & kwargs.keys():
            raise ValueError("update() cannot keep search_text true: use save() or bulk_update()")
        return super().update(**kwargs)

    def bulk_update(
        self, objs: Iterable["DirectoryEntry"], fields: Iterable[str], batch_size: int | None = None
    ) -> int:
        """Update many, and the search text of their addresses as well if a searched field is among `fields`."""
        entries, names = list(objs), list(fields)
        is_searched = bool(SEARCHED_FIELDS & set(names))
        if is_searched:
            names = [*{*names, "search_text"}]
            for entry in entries:
                entry.renew_search_text()
        plain: models.QuerySet[DirectoryEntry] = models.QuerySet(
            self.model, using=self.db
        )  # because our own `update` refuses searched fields
        updated = plain.bulk_update(entries, names, batch_size)
        if is_searched:
            for entry in entries:
                entry.renew_search_texts()
        return updated


def for_audience_of(user: User, entry_field: str) -> Q:
    """Return the condition for entries that are for everybody or for a group of this person.

    Managers of the directory may use all of them. `entry_field` is the path to the entry's id from the queried model.
    """
    if user.has_perm("transfers.manage_directory"):
        return Q()
    audiences = DirectoryEntry.audience.through.objects
    limited = audiences.values("directoryentry_id")
    theirs = audiences.filter(group__user=user.pk).values("directoryentry_id")
    return ~Q(**{f"{entry_field}__in": limited}) | Q(**{f"{entry_field}__in": theirs})


class DirectoryEntry(models.Model):
    """A person, a team or a line, with one or several addresses (`destinations`).

    Without an `owner` it is shared: the groups of its `audience` may use it, or everybody if that is empty. With an
    owner it is personal: only the owner sees and uses it. An entry with a `team` has the hours of the team unless it
    has hours of its own. `time_zone` (IANA) is that of its hours; empty means the team's, else the system's. `tags` is
    a list of different words. `key` identifies it in imports. `version` grows by one with each change. `search_text`
    is the folded text by which the list of entries is searched and sorted.

    Only `transfers.directory.editing` writes entries, so that each change is logged.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=EntryKind)
    name = models.CharField(_("name"), max_length=120)
    department = models.CharField(_("department"), max_length=120, blank=True)
    tags = models.JSONField(_("tags"), default=list, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    team = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("team")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="own_entries"
    )
    audience = models.ManyToManyField(Group, blank=True, related_name="directory_entries")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    key = models.CharField(_("key for imports"), max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)
    search_text = models.TextField(editable=False, blank=True)

    objects: ClassVar[DirectoryEntryQuerySet] = DirectoryEntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("directory entry")
        verbose_name_plural = _("directory entries")
        default_permissions = ()
        permissions = [("manage_directory", "Can edit the shared directory")]
        indexes = [models.Index(fields=["id"], condition=Q(is_active=False), name="directory_switched_off")]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="directory_key_once"),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="directory_kind_known"),
            models.CheckConstraint(condition=~Q(kind=EntryKind.TEAM) | Q(team=None), name="directory_team_in_no_team"),
            models.CheckConstraint(
                condition=Q(owner=None) | Q(team=None, key="") & ~Q(kind=EntryKind.TEAM), name="directory_own_is_apart"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and renew its search text and that of its addresses."""
        is_new = self._state.adding
        self.renew_search_text()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_text"}
        super().save(*args, **kwargs)
        if not is_new:
            self.renew_search_texts()

    def renew_search_text(self) -> None:
        """Set `search_text` from the searched fields."""
        self.search_text = entry_search_text(name=self.name, department=self.department, tags=self.tags, note=self.note)

    def renew_search_texts(self) -> None:
        """Renew the search text of each address."""
        for destination in self.destinations.all():
            destination.entry = self
            destination.save(update_fields=["search_text"])
