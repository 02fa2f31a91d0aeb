"""The folded search text of entries and addresses."""

import pytest

from tests.factories import make_destination
from transfers.models import Destination, DirectoryEntry, fold

NUMBER, SIP_USER, SIP_TRUNK = "external_number", "sip_user", "sip_trunk"


def test_every_way_of_saving_updates_the_search_text(db: None) -> None:
    saved = make_destination(name="Müller")
    [entry] = DirectoryEntry.objects.bulk_create([DirectoryEntry(kind="line", name="Käse", tags=["Frühschicht"])])
    assert entry.search_text.splitlines() == ["kaese", "kase", "fruehschicht", "fruhschicht"]
    [created] = Destination.objects.bulk_create(
        [Destination(entry=entry, destination_type=NUMBER, address="+492214710480", label="Büro")]
    )

    saved.entry.department = "Öffnungen"
    saved.entry.save()
    entry.name = "Küche"
    DirectoryEntry.objects.bulk_update([entry], ["name"])
    created.address = "+492214710481"
    Destination.objects.bulk_update([created], ["address"])

    saved.refresh_from_db()
    created.refresh_from_db()
    assert saved.search_text.splitlines() == ["mueller", "muller", saved.address, "oeffnungen", "offnungen"]
    assert created.search_text.splitlines() == [
        *("kueche", "kuche", "492214710481", "02214710481"),
        *("buero", "buro", "fruehschicht", "fruhschicht"),
    ]
    with pytest.raises(ValueError, match="search_text"):
        Destination.objects.update(address="kueche")
    with pytest.raises(ValueError, match="search_text"):
        DirectoryEntry.objects.update(name="Küche")


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Müller", "mueller"), ("GROẞ Straße", "gross strasse"), ("Café Łódź", "cafe lodz"), ("o\u0308", "oe")],
)
def test_fold_spells_umlauts_out_and_drops_accents(text: str, folded: str) -> None:
    assert fold(text) == folded
