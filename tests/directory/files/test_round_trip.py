"""What is exported and imported again changes nothing, and comes out whole where there was nothing."""

from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.utils import translation

from tests.directory.files.files import exported, import_file, preview, results_of
from transfers.directory import Address, DayOff, EntryData, create_entry
from transfers.directory.hours.parsing import read_hours
from transfers.models import DirectoryChange, DirectoryEntry, User

pytestmark = pytest.mark.django_db

NUMBER, SIP_USER, SIP_TRUNK = "external_number", "sip_user", "sip_trunk"


def fill_directory() -> None:
    """Entries with everything that has ever gone wrong in a spreadsheet."""
    agents = Group.objects.get(name="agent")
    team = create_entry(
        by="set-up",
        data=EntryData(
            kind="team",
            name="Störungsdienst “Süd”; Nacht",
            key="0017",
            hours=read_hours("Mon-Thu 22-6, Fri 8:30-12, Fri 13-24"),
            days_off=(DayOff(date(2026, 12, 24), "Heiligabend; nur Notdienst"), DayOff(date(2027, 1, 1))),
            time_zone="Europe/Zurich",
        ),
    )
    other = create_entry(by="set-up", data=EntryData(kind="team", name="Leitstelle", key="T2"))
    create_entry(by="set-up", data=EntryData(kind="team", name="Leitstelle", department="Nord"))
    create_entry(
        by="set-up",
        data=EntryData(
            kind="person",
            name="Jürgen Groß-Łukasz",
            key="+4711",
            department="Netze, Wasser & Wärme",
            tags=("Türkisch", "Heizung, Sanitär", 'sagt "ja"', "A;B", "=1+1"),
            note='-bitte nur "dringend"; sonst\u00a0Mail',
            team_id=team.pk,
            audience=frozenset([agents.pk]),
            addresses=(
                Address(SIP_USER, "=gross;j"),
                Address(NUMBER, "0221 4710 217", "Büro"),
                Address(SIP_TRUNK, "007"),
                Address(NUMBER, "+43 1 5880012", "+mobil"),
            ),
        ),
    )
    for index, name in enumerate(
        ["=SUM(A1)", "+49 Fans", "-Minus", "@home", "'s-Gravenhage", "'=x", "0049", "Müller", "Müller"]
    ):
        data = EntryData(
            kind="person",
            name=name,
            is_active=index % 2 == 0,
            team_id=other.pk,
            addresses=(Address(SIP_USER, f"00{index}"),),
        )
        create_entry(by="set-up", data=data)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_importing_an_unchanged_export_changes_nothing(sue: User, kind: str, language: str) -> None:
    fill_directory()
    with translation.override(language):
        content = exported(kind)

    found = preview(content, by=sue)

    assert [result for result in results_of(found) if result["result"] != "unchanged"] == []
    assert found.counts == {"new": 0, "changed": 0, "unchanged": 13, "bad": 0}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_restores_an_empty_directory(sue: User, kind: str) -> None:
    fill_directory()
    before = exported("csv")
    content = exported(kind)
    DirectoryEntry.objects.exclude(team=None).delete()
    DirectoryEntry.objects.all().delete()

    counts = import_file(content, by=sue)

    assert counts == {"new": 13}
    assert exported("csv") == before
    assert DirectoryChange.objects.count() == 13
