"""The directory of the made-up company. The company is German, and so are all names and notes.

Phone numbers are from ranges kept free for fiction. The SIP names are those of the simulator.
This module is longer than 150 lines because it is one table.
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
        note="Nur Heizung und Wasser. Strom: Störungsdienst.",
        tags=("Heizung", "Wasser"),
    ),
    DemoEntry(
        name="Rechnungsklärung",
        addresses=sip("rechnung.klaerung"),
        department="Abrechnung",
        note="Vertragsnummer bereithalten.",
    ),
    DemoEntry(
        name="Störungsdienst Gas",
        addresses=number("+491713920012"),
        department="Technik",
        note="Tag und Nacht. Bei Gasgeruch zuerst 112, dann hier.",
        tags=("Notfall",),
    ),
    DemoEntry(
        name="Störungsdienst Strom",
        addresses=number("+491713920014"),
        department="Technik",
        note="Tag und Nacht.",
        tags=("Notfall",),
    ),
    DemoEntry(
        name="Zählerwesen, Frau Kessler",
        addresses=[(USER, "kessler.m", "Büro"), (NUMBER, "+491713920033", "mobil")],
        department="Messwesen",
        note="Zählerstände und Zählerwechsel.",
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
        note="Zentrale in München, Mo bis Fr 8 bis 17 Uhr.",
        hours="Mon-Fri 8-17",
    ),
    DemoEntry(
        name="Forderungsmanagement",
        addresses=number("+496990009230"),
        department="Abrechnung",
        note="Ratenzahlung. Nicht bei strittigen Rechnungen.",
    ),
    DemoEntry(name="Reklamation Netze", addresses=number("+492214710480"), department="Netzbetrieb"),
    DemoEntry(
        name="Rechtsabteilung, Dr. Albrecht",
        addresses=[(NUMBER, "+496990009231", "Büro"), (NUMBER, "+491713920041", "mobil")],
        department="Recht",
        note="Nur nach Rücksprache mit der Teamleitung.",
        kind=PERSON,
        hours="Mon, Wed 9-12",
    ),
    DemoEntry(
        name="Leitwarte, Bereich Nord",
        addresses=sip("leitwarte.nord"),
        department="Netzbetrieb",
        note="Nur bei Notfällen im Netz.",
        tags=("Notfall",),
    ),
    DemoEntry(
        name="Großkundenbetreuung",
        addresses=number("+493023125640"),
        department="Vertrieb",
        note="Ab 100.000 kWh im Jahr.",
        team="Team Vertrieb",
    ),
    DemoEntry(
        name="Übersetzungsdienst",
        addresses=number("+498999998310"),
        department="Service",
        note="Türkisch, Arabisch, Polnisch, Ukrainisch.",
        tags=("Türkisch", "Arabisch", "Polnisch", "Ukrainisch"),
    ),
    DemoEntry(name="Beschwerdestelle", addresses=number("+492214710300"), department="Service"),
    DemoEntry(
        name="Vertragswechsel und Umzug",
        addresses=number("+492214710310"),
        department="Service",
        note="Umzug innerhalb der letzten sechs Wochen.",
    ),
    DemoEntry(
        name="Datenschutz",
        addresses=number("+492214710399"),
        department="Recht",
        note="Auskunft und Löschung.",
    ),
    DemoEntry(
        name="Ladesäulen Hotline",
        addresses=number("+494066969200"),
        department="Technik",
        note="Ladesäulen, Tag und Nacht.",
        hours="daily 0-24",
    ),
    DemoEntry(
        name="Photovoltaik Beratung", addresses=number("+494066969210"), department="Vertrieb", team="Team Vertrieb"
    ),
    DemoEntry(
        name="Hausanschlüsse",
        addresses=number("+492214710450"),
        department="Netzbetrieb",
        note="Neue Anschlüsse für Strom, Gas und Wasser.",
    ),
    DemoEntry(
        name="Presse und Medien",
        addresses=number("+493023125100"),
        department="Unternehmen",
        note="Alle Anfragen von Journalisten, ohne Ausnahme.",
    ),
    DemoEntry(
        name="Jonas Weber",
        addresses=sip("weber.j"),
        department="Technik",
        note="Digitale Stromzähler.",
        kind=PERSON,
        tags=("Smart Meter",),
    ),
    DemoEntry(
        name="Elif Vogt",
        addresses=sip("vogt.e"),
        department="Abrechnung",
        note="Geschäftskunden A bis K.",
        kind=PERSON,
        team="Team Abrechnung",
        tags=("Türkisch",),
    ),
    DemoEntry(
        name="Ines Vogel",
        addresses=sip("vogel.i"),
        department="Abrechnung",
        note="Geschäftskunden L bis Z.",
        kind=PERSON,
        team="Team Abrechnung",
    ),
    DemoEntry(name="Olaf Stein", addresses=sip("stein.o"), department="Netzbetrieb", kind=PERSON),
    DemoEntry(
        name="Paula Richter",
        addresses=sip("richter.p"),
        department="Service",
        note="Teamleitung, wenn Anrufer danach fragen.",
        kind=PERSON,
    ),
    DemoEntry(
        name="Peter Neumann", addresses=sip("neumann.p"), department="Vertrieb", kind=PERSON, team="Team Vertrieb"
    ),
    DemoEntry(
        name="Tobias Krämer",
        addresses=sip("kraemer.t"),
        department="Technik",
        note="Fernwärme.",
        kind=PERSON,
    ),
    DemoEntry(
        name="Nina Hoffmann",
        addresses=sip("hoffmann.n"),
        department="Vertrieb",
        note="Vermieter und Hausverwaltungen.",
        kind=PERSON,
        team="Team Vertrieb",
    ),
    DemoEntry(
        name="Lena Fuchs",
        addresses=sip("fuchs.l"),
        department="Service",
        note="Spricht Französisch und Spanisch.",
        kind=PERSON,
        tags=("Französisch", "Spanisch"),
    ),
    DemoEntry(
        name="Aylin Demir",
        addresses=sip("demir.a"),
        department="Technik",
        note="Spricht Türkisch.",
        kind=PERSON,
        tags=("Türkisch",),
    ),
    DemoEntry(name="Kai Berger", addresses=sip("berger.k"), department="Messwesen", kind=PERSON, is_active=False),
    DemoEntry(
        name="Regionalbüro Süd, Notdienst",
        addresses=[(TRUNK, "Regionalbüro Süd", "")],
        department="Vertrieb",
        note="Nur nachts und am Wochenende.",
        hours="Mon-Thu 17-8, Fri 17-24, Sat-Sun 0-24, Mon 0-8",
    ),
    DemoEntry(
        name="Hausmeister Nippes",
        addresses=number("+491713920055", "mobil"),
        note="Hat den Schlüssel zum Zählerraum.",
        owner="ada",
    ),
]
