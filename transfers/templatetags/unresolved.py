"""The supervisor's link to the unresolved transfers."""

from typing import Any

from django import template
from django.template import Context

from transfers.history import unresolved_transfers

register = template.Library()

MOST_COUNTED = 99


@register.inclusion_tag("transfers/history/_unresolved_link.html", takes_context=True)
def unresolved_link(context: Context) -> dict[str, Any]:
    """Draw the link to the transfers unknown for more than 24 hours, with their number (up to 99), if there are any."""
    count = unresolved_transfers(context["user"])[: MOST_COUNTED + 1].count()
    return {"count": count, "most_counted": MOST_COUNTED}
