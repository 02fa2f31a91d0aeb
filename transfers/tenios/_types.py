"""The spelling of destination types on the wire (page transfer-call-api), and in our own words."""

WIRE_TYPES = {
    "external_number": "EXTERNALNUMBER",
    "sip_user": "SIP_USER",
    "sip_trunk": "SIP_TRUNK",
}
_OUR_TYPES = {wire: ours for ours, wire in WIRE_TYPES.items()}


class UnknownDestinationType(ValueError):
    """A word that names no destination type."""


def to_wire(destination_type: str) -> str:
    """Return TENIOS' word for our destination type; raises UnknownDestinationType."""
    try:
        return WIRE_TYPES[destination_type]
    except KeyError:
        raise UnknownDestinationType(f"No destination type: {destination_type!r}") from None


def from_wire(wire: str) -> str:
    """Return our word for TENIOS' destination type, exact case; raises UnknownDestinationType."""
    try:
        return _OUR_TYPES[wire]
    except KeyError:
        raise UnknownDestinationType(f"No destination type on the wire: {wire!r}") from None
