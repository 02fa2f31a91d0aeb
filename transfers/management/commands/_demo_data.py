"""The made-up company of the demo. All numbers are from ranges that the Bundesnetzagentur keeps free for fiction."""

from dataclasses import dataclass, field

from transfers.models import DestinationType

NUMBER, SIP_USER, SIP_TRUNK = DestinationType.EXTERNAL_NUMBER, DestinationType.SIP_USER, DestinationType.SIP_TRUNK


@dataclass(frozen=True)
class DemoPerson:
    """One account: its role, its phones, and the addresses of its favourites in the order of their keys."""

    username: str
    first_name: str
    last_name: str
    role: str
    language: str = "en"
    phones: list[str] = field(default_factory=list)
    favourites: list[str] = field(default_factory=list)


PEOPLE = [
    DemoPerson(
        "ada",
        "Ada",
        "Sommer",
        "agent",
        phones=["ada", "+4922147100561"],
        favourites=["+492214710220", "rechnung.klaerung", "+491713920012", "kessler.m", "trunk-sued", "+496990009230"],
    ),
    DemoPerson(
        "ben",
        "Ben",
        "Okafor",
        "agent",
        language="de",
        phones=["ben", "+4922147100562"],
        favourites=["rechnung.klaerung", "+492214710480", "leitwarte.nord"],
    ),
    DemoPerson("sue", "Sue", "Marten", "supervisor"),
    DemoPerson("root", "Robin", "Thorne", "administrator"),
]

SERVICE_NUMBERS = {
    "+492214710100": "Service-Hotline",
    "+492214710110": "Technik",
    "+492214710120": "Rechnung",
    "+492214710130": "Vertrieb",
}

# name, type, address, department, note
DESTINATIONS = [
    (
        "Haustechnik Bereitschaft",
        NUMBER,
        "+492214710220",
        "Technik",
        "Only for heating and water. Electricity: Störungsdienst.",
    ),
    ("Rechnungsklärung", SIP_USER, "rechnung.klaerung", "Abrechnung", "Have the contract number ready."),
    ("Störungsdienst Gas", NUMBER, "+491713920012", "Technik", "Day and night. Smell of gas: first 112, then here."),
    ("Störungsdienst Strom", NUMBER, "+491713920014", "Technik", "Day and night."),
    ("Zählerwesen, Frau Kessler", SIP_USER, "kessler.m", "Messwesen", "Meter readings and meter changes."),
    ("Zählerwechsel Termine", NUMBER, "+492214710244", "Messwesen", ""),
    ("Regionalbüro Süd", SIP_TRUNK, "trunk-sued", "Vertrieb", "Switchboard in München, Mon to Fri 8 to 17."),
    ("Forderungsmanagement", NUMBER, "+496990009230", "Abrechnung", "Payment plans. Not for disputed bills."),
    ("Reklamation Netze", NUMBER, "+492214710480", "Netzbetrieb", ""),
    ("Rechtsabteilung, Dr. Albrecht", NUMBER, "+496990009231", "Recht", "Only after asking a supervisor."),
    ("Leitwarte, Bereich Nord", SIP_USER, "leitwarte.nord", "Netzbetrieb", "Emergencies in the grid only."),
    ("Großkundenbetreuung", NUMBER, "+493023125640", "Vertrieb", "From 100,000 kWh a year."),
    ("Übersetzungsdienst", NUMBER, "+498999998310", "Service", "Turkish, Arabic, Polish, Ukrainian."),
    ("Beschwerdestelle", NUMBER, "+492214710300", "Service", ""),
    ("Vertragswechsel und Umzug", NUMBER, "+492214710310", "Service", "Moving house within the last six weeks."),
    ("Datenschutz", NUMBER, "+492214710399", "Recht", "Requests for information and deletion."),
    ("Ladesäulen Hotline", NUMBER, "+494066969200", "Technik", "Charging stations, day and night."),
    ("Photovoltaik Beratung", NUMBER, "+494066969210", "Vertrieb", ""),
    ("Hausanschlüsse", NUMBER, "+492214710450", "Netzbetrieb", "New connections for electricity, gas and water."),
    ("Presse und Medien", NUMBER, "+493023125100", "Unternehmen", "All journalists, without exception."),
    ("Jonas Weber", SIP_USER, "weber.j", "Technik", "Smart meters."),
    ("Elif Vogt", SIP_USER, "vogt.e", "Abrechnung", "Business customers A to K."),
    ("Ines Vogel", SIP_USER, "vogel.i", "Abrechnung", "Business customers L to Z."),
    ("Olaf Stein", SIP_USER, "stein.o", "Netzbetrieb", ""),
    ("Paula Richter", SIP_USER, "richter.p", "Service", "Team lead, for callers who ask for one."),
    ("Peter Neumann", SIP_USER, "neumann.p", "Vertrieb", ""),
    ("Tobias Krämer", SIP_USER, "kraemer.t", "Technik", "District heating."),
    ("Nina Hoffmann", SIP_USER, "hoffmann.n", "Vertrieb", "Landlords and property managers."),
    ("Lena Fuchs", SIP_USER, "fuchs.l", "Service", "Speaks French and Spanish."),
    ("Aylin Demir", SIP_USER, "demir.a", "Technik", "Speaks Turkish."),
    ("Kai Berger", SIP_USER, "berger.k", "Messwesen", ""),
    ("Regionalbüro Süd, Notdienst", SIP_TRUNK, "Regionalbüro Süd", "Vertrieb", "Only at night and on Sundays."),
]
