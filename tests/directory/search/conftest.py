"""The directory that the tests of the search share."""

import pytest

from tests.factories import make_destination
from transfers.models import Destination

NUMBER, SIP_TRUNK = "external_number", "sip_trunk"


@pytest.fixture
def directory(db: None) -> dict[str, Destination]:
    """Six entries, one of them switched off."""
    entries = [
        make_destination(name="Rechnungsklärung", address="rechnung.klaerung", department="Abrechnung"),
        make_destination(
            name="Störungsdienst Gas", destination_type=NUMBER, address="+491713920012", note="Tag & Nacht"
        ),
        make_destination(
            name="Reklamation Netze", destination_type=NUMBER, address="+492214710480", department="Netze"
        ),
        make_destination(name="Jürgen Müller", address="mueller.j", department="Vertrieb", note="100 % Gas"),
        make_destination(name="Regionalbüro Süd", destination_type=SIP_TRUNK, address="Büro Süd"),
        make_destination(name="Altes Archiv", address="archiv", is_active=False),
    ]
    return {entry.name: entry for entry in entries}
