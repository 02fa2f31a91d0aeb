"""The people and service numbers of the demo's fictitious company.

All numbers are from ranges that the Bundesnetzagentur reserves for fiction.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class DemoPerson:
    """One account: its role, its phones, and its favourites' addresses in the order of their keys."""

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
