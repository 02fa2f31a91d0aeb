"""The translated names of the product's own groups."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ROLE_NAMES: dict[str, str | Promise] = {
    "agent": _("Agents"),
    "supervisor": _("Supervisors"),
    "administrator": _("Administrators"),
}
"""The translated name by the name of the group. Other groups are shown by their own name."""
