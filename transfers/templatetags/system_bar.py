"""The bar that says how transfers fare, as it is when the page is made."""

from django import template

from transfers.system_health import Notice, describe, read_health

register = template.Library()


@register.inclusion_tag("_system_bar.html")
def system_bar() -> dict[str, Notice]:
    """Draw the bar from a look at every part now: two queries and one ping; hidden while all works."""
    return {"notice": describe(read_health())}
