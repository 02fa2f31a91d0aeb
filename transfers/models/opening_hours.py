"""When entries of the directory are open, and on which days they are closed."""

from datetime import time

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .directory import DirectoryEntry


class OpeningHours(models.Model):
    """From when to when an entry is open on one weekday (0 is Monday), in local time of its time zone.

    A day may have several. `closes` 00:00 means midnight at the end of the day. An entry without any row has the hours
    of its team.
    """

    entry = models.ForeignKey(DirectoryEntry, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["entry", "weekday", "opens"], name="opening_hours_once"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_hours_weekday"),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")) | Q(closes=time(0)), name="opening_hours_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}-{self.closes:%H:%M}"


class Holiday(models.Model):
    """A day on which an entry is closed from midnight to midnight; without an entry, everything that has hours is."""

    entry = models.ForeignKey(DirectoryEntry, on_delete=models.CASCADE, null=True, related_name="holidays")
    date = models.DateField()
    name = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["entry", "date"], condition=Q(entry__isnull=False), name="holiday_once"),
            models.UniqueConstraint(fields=["date"], condition=Q(entry=None), name="holiday_for_all_once"),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
