"""The directory: where a call can go, by name."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DestinationType(models.TextChoices):
    """The three kinds of destination that TENIOS transfers to, in our own words."""

    EXTERNAL_NUMBER = "external_number", _("Phone number")
    SIP_USER = "sip_user", _("SIP user")
    SIP_TRUNK = "sip_trunk", _("SIP trunk")


class Destination(models.Model):
    """A named person, team or line. `address` is E.164 for a number, else the SIP user or trunk name, verbatim.

    `search_text` is the folded text the picker searches (see `transfers.directory`).
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
