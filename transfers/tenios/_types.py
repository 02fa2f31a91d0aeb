"""Translates destination types between our names and TENIOS' (page transfer-call-api)."""

WIRE_TYPES = {
    "external_number": "EXTERNALNUMBER",
    "sip_user": "SIP_USER",
    "sip_trunk": "SIP_TRUNK",
}
_OUR_TYPES = {wire: ours for ours, wire in WIRE_TYPES.items()}


class UnknownDestinationType(ValueError):
    """The text is the name of no destination type."""


def to_wire(destination_type: str) -> str:
    """Return TENIOS' name for our destination type. Raises UnknownDestinationType."""
    try:
        return WIRE_TYPES[destination_type]
    except KeyError:
        raise UnknownDestinationType(f"No destination type: {destination_type!r}") from None


def from_wire(wire: str) -> str:
    """Return our name for TENIOS' destination type (case-sensitive). Raises UnknownDestinationType."""
    try:
        return _OUR_TYPES[wire]
    except KeyError:
        raise UnknownDestinationType(f"No destination type on the wire: {wire!r}") from None
