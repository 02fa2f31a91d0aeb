"""The bar that says how transfers fare, as it is when the page is made."""

from django import template

from transfers.operations.health import Notice, describe, recent_health

register = template.Library()


@register.inclusion_tag("_system_bar.html")
def system_bar() -> dict[str, Notice]:
    """Draw the bar; hidden while all works. Where nobody has looked for 3 s: two queries and one ping."""
    return {"notice": describe(recent_health())}
