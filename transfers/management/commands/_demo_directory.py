"""The directory of the made-up company. Numbers are from ranges kept free for fiction, SIP names the simulator's.

Longer than the house likes: it is one table.
"""

from dataclasses import dataclass

from transfers.models import DestinationType, EntryKind

NUMBER, USER, TRUNK = DestinationType.EXTERNAL_NUMBER, DestinationType.SIP_USER, DestinationType.SIP_TRUNK
PERSON, LINE = EntryKind.PERSON, EntryKind.LINE


@dataclass(frozen=True, kw_only=True)
class DemoEntry:
    """One entry: its addresses as (type, address, label), its hours as people write them, the name of its team."""

    name: str
    addresses: list[tuple[str, str, str]]
    department: str = ""
    note: str = ""
    kind: str = LINE
    team: str = ""
    tags: tuple[str, ...] = ()
    hours: str = ""
    is_active: bool = True
    owner: str = ""


def number(address: str, label: str = "") -> list[tuple[str, str, str]]:
    """Return a phone number as the only address."""
    return [(NUMBER, address, label)]


def sip(address: str) -> list[tuple[str, str, str]]:
    """Return a SIP user as the only address."""
    return [(USER, address, "")]


# name, department, opening hours
TEAMS = [
    ("Team Abrechnung", "Abrechnung", "Mon-Fri 8-18"),
    ("Team Messwesen", "Messwesen", "Mon-Thu 8-16:30, Fri 8-14"),
    ("Team Vertrieb", "Vertrieb", "Mon-Fri 9-17"),
]

HOLIDAYS = [("2026-12-25", "1. Weihnachtstag"), ("2026-12-26", "2. Weihnachtstag"), ("2027-01-01", "Neujahr")]

ENTRIES = [
    DemoEntry(
        name="Haustechnik Bereitschaft",
        addresses=number("+492214710220"),
        department="Technik",
        note="Only for heating and water. Electricity: Störungsdienst.",
        tags=("Heizung", "Wasser"),
    ),
    DemoEntry(
        name="Rechnungsklärung",
        addresses=sip("rechnung.klaerung"),
        department="Abrechnung",
        note="Have the contract number ready.",
    ),
    DemoEntry(
        name="Störungsdienst Gas",
        addresses=number("+491713920012"),
        department="Technik",
        note="Day and night. Smell of gas: first 112, then here.",
        tags=("Notfall",),
    ),
    DemoEntry(
        name="Störungsdienst Strom",
        addresses=number("+491713920014"),
        department="Technik",
        note="Day and night.",
        tags=("Notfall",),
    ),
    DemoEntry(
        name="Zählerwesen, Frau Kessler",
        addresses=[(USER, "kessler.m", "desk"), (NUMBER, "+491713920033", "mobile")],
        department="Messwesen",
        note="Meter readings and meter changes.",
        kind=PERSON,
        tags=("Zähler", "Smart Meter"),
    ),
    DemoEntry(
        name="Zählerwechsel Termine", addresses=number("+492214710244"), department="Messwesen", team="Team Messwesen"
    ),
    DemoEntry(
        name="Regionalbüro Süd",
        addresses=[(TRUNK, "trunk-sued", "")],
        department="Vertrieb",
        note="Switchboard in München, Mon to Fri 8 to 17.",
        hours="Mon-Fri 8-17",
    ),
    DemoEntry(
        name="Forderungsmanagement",
        addresses=number("+496990009230"),
        department="Abrechnung",
        note="Payment plans. Not for disputed bills.",
    ),
    DemoEntry(name="Reklamation Netze", addresses=number("+492214710480"), department="Netzbetrieb"),
    DemoEntry(
        name="Rechtsabteilung, Dr. Albrecht",
        addresses=[(NUMBER, "+496990009231", "desk"), (NUMBER, "+491713920041", "mobile")],
        department="Recht",
        note="Only after asking a supervisor.",
        kind=PERSON,
        hours="Mon, Wed 9-12",
    ),
    DemoEntry(
        name="Leitwarte, Bereich Nord",
        addresses=sip("leitwarte.nord"),
        department="Netzbetrieb",
        note="Emergencies in the grid only.",
        tags=("Notfall",),
    ),
    DemoEntry(
        name="Großkundenbetreuung",
        addresses=number("+493023125640"),
        department="Vertrieb",
        note="From 100,000 kWh a year.",
        team="Team Vertrieb",
    ),
    DemoEntry(
        name="Übersetzungsdienst",
        addresses=number("+498999998310"),
        department="Service",
        note="Turkish, Arabic, Polish, Ukrainian.",
        tags=("Türkisch", "Arabisch", "Polnisch", "Ukrainisch"),
    ),
    DemoEntry(name="Beschwerdestelle", addresses=number("+492214710300"), department="Service"),
    DemoEntry(
        name="Vertragswechsel und Umzug",
        addresses=number("+492214710310"),
        department="Service",
        note="Moving house within the last six weeks.",
    ),
    DemoEntry(
        name="Datenschutz",
        addresses=number("+492214710399"),
        department="Recht",
        note="Requests for information and deletion.",
    ),
    DemoEntry(
        name="Ladesäulen Hotline",
        addresses=number("+494066969200"),
        department="Technik",
        note="Charging stations, day and night.",
        hours="daily 0-24",
    ),
    DemoEntry(
        name="Photovoltaik Beratung", addresses=number("+494066969210"), department="Vertrieb", team="Team Vertrieb"
    ),
    DemoEntry(
        name="Hausanschlüsse",
        addresses=number("+492214710450"),
        department="Netzbetrieb",
        note="New connections for electricity, gas and water.",
    ),
    DemoEntry(
        name="Presse und Medien",
        addresses=number("+493023125100"),
        department="Unternehmen",
        note="All journalists, without exception.",
    ),
    DemoEntry(
        name="Jonas Weber",
        addresses=sip("weber.j"),
        department="Technik",
        note="Smart meters.",
        kind=PERSON,
        tags=("Smart Meter",),
    ),
    DemoEntry(
        name="Elif Vogt",
        addresses=sip("vogt.e"),
        department="Abrechnung",
        note="Business customers A to K.",
        kind=PERSON,
        team="Team Abrechnung",
        tags=("Türkisch",),
    ),
    DemoEntry(
        name="Ines Vogel",
        addresses=sip("vogel.i"),
        department="Abrechnung",
        note="Business customers L to Z.",
        kind=PERSON,
        team="Team Abrechnung",
    ),
    DemoEntry(name="Olaf Stein", addresses=sip("stein.o"), department="Netzbetrieb", kind=PERSON),
    DemoEntry(
        name="Paula Richter",
        addresses=sip("richter.p"),
        department="Service",
        note="Team lead, for callers who ask for one.",
        kind=PERSON,
    ),
    DemoEntry(
        name="Peter Neumann", addresses=sip("neumann.p"), department="Vertrieb", kind=PERSON, team="Team Vertrieb"
    ),
    DemoEntry(
        name="Tobias Krämer",
        addresses=sip("kraemer.t"),
        department="Technik",
        note="District heating.",
        kind=PERSON,
    ),
    DemoEntry(
        name="Nina Hoffmann",
        addresses=sip("hoffmann.n"),
        department="Vertrieb",
        note="Landlords and property managers.",
        kind=PERSON,
        team="Team Vertrieb",
    ),
    DemoEntry(
        name="Lena Fuchs",
        addresses=sip("fuchs.l"),
        department="Service",
        note="Speaks French and Spanish.",
        kind=PERSON,
        tags=("Französisch", "Spanisch"),
    ),
    DemoEntry(
        name="Aylin Demir",
        addresses=sip("demir.a"),
        department="Technik",
        note="Speaks Turkish.",
        kind=PERSON,
        tags=("Türkisch",),
    ),
    DemoEntry(name="Kai Berger", addresses=sip("berger.k"), department="Messwesen", kind=PERSON, is_active=False),
    DemoEntry(
        name="Regionalbüro Süd, Notdienst",
        addresses=[(TRUNK, "Regionalbüro Süd", "")],
        department="Vertrieb",
        note="Only at night and at weekends.",
        hours="Mon-Thu 17-8, Fri 17-24, Sat-Sun 0-24, Mon 0-8",
    ),
    DemoEntry(
        name="Hausmeister Nippes",
        addresses=number("+491713920055", "mobile"),
        note="Has the key to the meter room.",
        owner="ada",
    ),
]
