"""The link beside a caller into the customer's own system, such as a CRM (`CALLER_LINK_TEMPLATE`)."""

from urllib.parse import quote

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from transfers.templatetags.transferdesk import icon

register = template.Library()


@register.simple_tag
def caller_link(number: str) -> SafeString | str:
    """Draw the link for a caller's number (E.164). Empty without the setting or without a number."""
    if not settings.CALLER_LINK_TEMPLATE or not number:
        return ""
    address = settings.CALLER_LINK_TEMPLATE.replace("{caller_number}", quote(number, safe=""))
    return format_html(
        ' <a class="caller-link" href="{}" target="_blank" rel="noopener noreferrer" title="{title}">{}'
        '<span class="sr-only">{title}</span></a>',
        address,
        icon("arrow-right", "sm"),
        title=_("Open this caller in the other system"),
    )
