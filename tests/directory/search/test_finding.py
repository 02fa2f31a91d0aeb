"""Searching the directory: by any word, in any spelling, on both databases."""

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.directory.search.reading import names_in, options_in
from tests.factories import make_destination, make_transfer
from transfers.directory import (
    find_destinations,
    set_favourite,
)
from transfers.models import Destination, User

NUMBER, SIP_USER, SIP_TRUNK = "external_number", "sip_user", "sip_trunk"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rechnung", ["Rechnungsklärung"]),
        ("RECHNUNGSKLÄRUNG", ["Rechnungsklärung"]),
        ("klaerung", ["Rechnungsklärung"]),
        ("klarung", ["Rechnungsklärung"]),
        ("kla\u0308rung", ["Rechnungsklärung"]),  # ä of two characters, as macOS pastes it
        ("mueller", ["Jürgen Müller"]),
        ("muller jurg", ["Jürgen Müller"]),
        ("MÜLL", ["Jürgen Müller"]),
        ("gas stör", ["Störungsdienst Gas"]),
        ("nacht", ["Störungsdienst Gas"]),
        ("vertrieb gas", ["Jürgen Müller"]),
        ("gas", ["Jürgen Müller", "Störungsdienst Gas"]),
        ("mueller.j", ["Jürgen Müller"]),
        ("re", ["Rechnungsklärung", "Regionalbüro Süd", "Reklamation Netze"]),
        ("netze 0221", ["Reklamation Netze"]),
        ("0221/4710 480", ["Reklamation Netze"]),
        ("+49 (0)221 4710-480", ["Reklamation Netze"]),
        ("0049 221 4710480", ["Reklamation Netze"]),
        ("tel:+49-221-4710480", ["Reklamation Netze"]),
        ("Tel.: 0221 / 4710480 (Netze)", ["Reklamation Netze"]),
        ("4710", ["Reklamation Netze"]),
        ("0171", ["Störungsdienst Gas"]),
        ("49171", ["Störungsdienst Gas"]),
        ("٠١٧١", ["Störungsdienst Gas"]),
        ("büro süd", ["Regionalbüro Süd"]),
        ("100 %", ["Jürgen Müller"]),
        ("%", ["Jürgen Müller"]),
        ("_", []),
        ("\\", []),
        ("archiv", []),
        ("gas wasser", []),
        ("gas\x00\ud800", ["Jürgen Müller", "Störungsdienst Gas"]),
        ("  gas \n", ["Jürgen Müller", "Störungsdienst Gas"]),
    ],
)
def test_every_word_must_match_somewhere_in_any_spelling(
    ada: User, directory: dict[str, Destination], text: str, found: list[str]
) -> None:
    results = find_destinations(user=ada, text=text)

    assert names_in(results, "directory") == found
    assert (results.shown, results.total) == (len(found), 5)


def test_names_that_begin_with_the_text_come_first_then_other_fields_then_the_rest(ada: User, db: None) -> None:
    make_destination(name="Alte Netze")
    make_destination(name="Betrieb", department="Netzbetrieb")
    make_destination(name="Netzwerk")
    make_destination(name="Netzanschluss")

    results = find_destinations(user=ada, text="netz")

    assert names_in(results, "directory") == ["Netzanschluss", "Netzwerk", "Betrieb", "Alte Netze"]


def test_without_a_text_the_whole_directory_is_listed_in_dictionary_order(ada: User, db: None) -> None:
    for name in ("Zoll", "Öfen", "Oben", "Ärzte", "Anton", "apotheke"):
        make_destination(name=name)

    results = find_destinations(user=ada)

    assert names_in(results, "directory") == ["Ärzte", "Anton", "apotheke", "Oben", "Öfen", "Zoll"]


def test_a_destination_type_narrows_every_group(ada: User, directory: dict[str, Destination]) -> None:
    set_favourite(user=ada, destination_id=directory["Störungsdienst Gas"].pk, is_favourite=True)
    make_transfer(agent=ada, destination_type=NUMBER, destination="+492214710480")

    results = find_destinations(user=ada, destination_type=SIP_USER)

    assert [group.kind for group in results.groups] == ["directory"]
    assert names_in(results, "directory") == ["Jürgen Müller", "Rechnungsklärung"]


@pytest.mark.parametrize(
    ("name", "text", "parts"),
    [
        ("Rechnungsklärung", "re", [("Re", True), ("chnungsklärung", False)]),
        ("Jürgen Müller", "mueller", [("Jürgen ", False), ("Müller", True)]),
        ("Jürgen Müller", "mull", [("Jürgen ", False), ("Müll", True), ("er", False)]),
        ("Jürgen Müller", "müller jür", [("Jür", True), ("gen ", False), ("Müller", True)]),
        ("Großkunden", "gross", [("Groß", True), ("kunden", False)]),
        ("Rechnungsklärung", "vertrieb", [("Rechnungsklärung", False)]),
    ],
)
def test_the_matching_parts_of_a_name_are_marked(
    ada: User, db: None, name: str, text: str, parts: list[tuple[str, bool]]
) -> None:
    make_destination(name=name, note="Vertrieb")

    [option] = options_in(find_destinations(user=ada, text=text), "directory")

    assert option.name_parts == tuple(parts)


def test_the_number_of_queries_does_not_grow_with_the_directory(
    ada: User, directory: dict[str, Destination], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        make_destination(name=f"Gas {number}", address=f"gas.{number}")

    with django_assert_max_num_queries(13):
        results = find_destinations(user=ada, text="gas", limit=40)

    assert (results.shown, results.total) == (40, 65)


def test_a_number_with_blanks_is_one_search_word(ada: User) -> None:
    make_destination(name="Haustechnik", destination_type="external_number", address="+492214710220")

    assert find_destinations(user=ada, text="+49 221 47").shown == 1
    assert find_destinations(user=ada, text="+49 221 9").shown == 0
