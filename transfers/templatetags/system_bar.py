"""The system bar as it is when the page is rendered."""

from django import template

from transfers.operations.health import Notice, describe, recent_health

register = template.Library()


@register.inclusion_tag("_system_bar.html")
def system_bar() -> dict[str, Notice]:
    """Draw the bar, hidden while all works. Costs two queries and one ping if this process has no recent health."""
    return {"notice": describe(recent_health())}
