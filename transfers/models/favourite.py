"""The keys 1 to 9 of an agent."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .destination import Destination


class Favourite(models.Model):
    """A destination that an agent assigned to one of the keys 1 to 9."""

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
