"""Destinations that a typed text spells, and why some are refused."""

import pytest

from tests.directory.search.reading import options_in
from transfers.directory import (
    find_destinations,
)
from transfers.models import Destination, User

NUMBER, SIP_USER, SIP_TRUNK = "external_number", "sip_user", "sip_trunk"


def test_a_typed_number_comes_first_with_its_spelling_and_place(ada: User, directory: dict[str, Destination]) -> None:
    results = find_destinations(user=ada, text="0221 4710")

    assert [group.kind for group in results.groups] == ["typed", "directory"]
    [option] = options_in(results, "typed")
    assert (option.key, option.destination_id, option.name, option.is_typed) == (
        "typed-external_number",
        None,
        "",
        True,
    )
    assert option.address == "+492214710"
    assert option.checked is not None
    assert (option.checked.place, option.checked.national) == ("Cologne", "0221 4710")


@pytest.mark.parametrize(
    ("text", "destination_type", "kinds"),
    [
        ("neumann.p", "", [SIP_USER, SIP_TRUNK]),
        ("neumann.p", SIP_TRUNK, [SIP_TRUNK]),
        ("neumann.p", NUMBER, []),
        ("1001", "", [SIP_USER, SIP_TRUNK]),
        ("n", "", []),
        ("Büro Nord", "", []),
        ("Büro Nord", SIP_TRUNK, [SIP_TRUNK]),
        ("+4922147100561", "", [NUMBER]),
        ("+4922147100561", SIP_USER, [SIP_USER]),
        ("Tel. 0221 5540030", "", [NUMBER]),
        ("mueller.j", "", []),  # known as a SIP user, so hardly meant as a trunk
        ("mueller.j", SIP_USER, []),
        ("mueller.j", SIP_TRUNK, [SIP_TRUNK]),
        ("0221 4710480", "", []),
        ("archiv", "", []),
    ],
)
def test_a_destination_outside_the_directory_can_be_typed(
    ada: User, directory: dict[str, Destination], text: str, destination_type: str, kinds: list[str]
) -> None:
    results = find_destinations(user=ada, text=text, destination_type=destination_type)

    assert [option.destination_type for option in options_in(results, "typed")] == kinds


def test_typed_sip_names_come_last(ada: User, directory: dict[str, Destination]) -> None:
    results = find_destinations(user=ada, text="4710")

    assert [group.kind for group in results.groups] == ["directory", "typed"]


@pytest.mark.parametrize(
    ("text", "destination_type", "words"),
    [
        ("0900 1234567", "", "Premium"),
        ("+1 876 555 1234", "", "Jamaica"),
        ("0221 55", "", "1 digit is missing"),
        ("112", "", "emergency"),
        ("5540030", "", "area code"),
        ("Tel. 0900 1234567", "", "Premium"),
        ("sip:alice@example.org", "", "SIP name only"),
        ("alice@example.org", SIP_USER, "SIP name only"),
        ("archiv", "", "Altes Archiv is switched off"),
        ("rechnung", "", ""),
        ("4710", "", ""),  # a part of a number that was found
        ("0171", "", ""),
        ("unknown", "", ""),
        ("0900 1234567", SIP_USER, ""),
        ("", "", ""),
    ],
)
def test_a_refusal_is_shown_only_if_the_text_can_mean_that_type(
    ada: User, directory: dict[str, Destination], text: str, destination_type: str, words: str
) -> None:
    refusal = find_destinations(user=ada, text=text, destination_type=destination_type).refusal

    assert words in refusal
    assert bool(refusal) == bool(words)


@pytest.mark.parametrize("text", ["110", "112"])
def test_a_refused_number_is_no_sip_name_unless_that_type_is_chosen(ada: User, text: str) -> None:
    results = find_destinations(user=ada, text=text)
    asked_for = find_destinations(user=ada, text=text, destination_type="sip_user")

    assert results.groups == ()
    assert results.refusal != ""
    assert [option.address for group in asked_for.groups for option in group.options] == [text]
