"""People: agents, supervisors, administrators, and the phones that calls reach them on."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person who signs in, with the preferences of their screen.

    `pseudonym` replaces their name in the audit chain, so that the chain itself contains no name.
    """

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        COMPACT = "compact", _("Compact")
        COMFORTABLE = "comfortable", _("Comfortable")

    pseudonym = models.UUIDField(_("pseudonym"), default=uuid.uuid4, unique=True, editable=False)
    language = models.CharField(
        _("language"), max_length=2, choices=[("en", _("English")), ("de", _("German"))], default="en"
    )
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.AUTO)
    density = models.CharField(_("row height"), max_length=12, choices=Density, default=Density.COMPACT)
    single_keys = models.BooleanField(
        _("single keys"), default=True, help_text=_("T, 1 to 9, Z and R act at once outside of input fields.")
    )

    board_choices = models.JSONField(default=dict, blank=True, editable=False)
    """The person's settings of the board: filter, grouping and order, with the values of `transfers.calls.choices`."""

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    @property
    def display_name(self) -> str:
        """The name that colleagues read: first and last name, else the sign-in name."""
        return self.get_full_name() or self.username


class AgentAddress(models.Model):
    """A SIP user name or number (E.164) of an agent: a forward event to it assigns the call to them."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses", verbose_name=_("person"))
    address = models.CharField(
        _("SIP user or number"),
        max_length=128,
        unique=True,
        help_text=_("SIP user name as in TENIOS, or a number like +49 221 …"),
    )

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")

    def __str__(self) -> str:
        return self.address
