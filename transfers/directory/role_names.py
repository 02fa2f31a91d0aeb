"""What the groups that the product brings along are called by people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ROLE_NAMES: dict[str, str | Promise] = {
    "agent": _("Agents"),
    "supervisor": _("Supervisors"),
    "administrator": _("Administrators"),
}
"""Name of the group: its word. Other groups go by their name."""
