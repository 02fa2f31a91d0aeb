"""The network address of a request. Behind a proxy, uvicorn sets it as FORWARDED_ALLOW_IPS allows."""

import ipaddress
from collections.abc import Iterable

from django.http import HttpRequest


def comes_from(request: HttpRequest, networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    """Tell whether the address of the request is in one of these networks; an unreadable address is in none."""
    try:
        source = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    if isinstance(source, ipaddress.IPv6Address) and source.ipv4_mapped:
        source = source.ipv4_mapped
    return any(source in network for network in networks)
