"""The app's registration with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TransfersConfig(AppConfig):
    """Names the app for people who administer it."""

    name = "transfers"
    verbose_name = _("Transferdesk")
