"""Where a request comes from, as the server tells it; behind a proxy that is what FORWARDED_ALLOW_IPS makes it."""

import ipaddress
from collections.abc import Iterable

from django.http import HttpRequest


def comes_from(request: HttpRequest, networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    """Tell whether the request's address lies in one of these; one that cannot be read lies in none."""
    try:
        source = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    if isinstance(source, ipaddress.IPv6Address) and source.ipv4_mapped:
        source = source.ipv4_mapped
    return any(source in network for network in networks)
