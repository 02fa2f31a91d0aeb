"""One typing error hides nothing: the right name is asked for, and exact hits always stand first."""

import random
import string

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_destination, make_transfer
from transfers.directory import Option, Results, find_destinations, set_favourite
from transfers.directory.search.one_typo import is_nearly, whole_parts
from transfers.models import Destination, TransferState, User

NUMBER, SIP_USER = "external_number", "sip_user"
WORDS = ("gast", "mueller", "stoerungsdienst", "anna", "zaehlerwesen", "weber.j")


@pytest.fixture
def directory(db: None) -> dict[str, Destination]:
    entries = [
        make_destination(name="Rechnungsklärung", address="rechnung.klaerung", department="Abrechnung"),
        make_destination(name="Jürgen Müller", address="mueller.j", department="Vertrieb", note="Wärmepumpen"),
        make_destination(name="Störungsdienst Gas", destination_type=NUMBER, address="+491713920012"),
        make_destination(name="Anna Weber", address="weber.a", tags=["Türkisch"]),
    ]
    return {entry.name: entry for entry in entries}


def options_in(results: Results, kind: str) -> list[Option]:
    return [option for group in results.groups if group.kind == kind for option in group.options]


def near(results: Results) -> list[str]:
    return [option.name for option in options_in(results, "near")]


def with_one_error(word: str) -> list[str]:
    """Every text that one typing error makes of a word."""
    places = range(len(word))
    made = {word[:at] + word[at + 1 :] for at in places}
    made |= {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in places if at + 1 < len(word)}
    for letter in string.ascii_lowercase:
        made |= {word[:at] + letter + word[at + 1 :] for at in places}
        made |= {word[:at] + letter + word[at:] for at in (*places, len(word))}
    return sorted(made)


@pytest.mark.parametrize("word", WORDS)
def test_every_single_error_is_recognised_and_leaves_a_part_for_the_query(word: str) -> None:
    text = f"first line\nthe {word} here\n12345"
    errors = with_one_error(word)

    unseen = [error for error in errors if not any(is_nearly(found, error) for found in text.split())]
    unfound = [error for error in errors if not any(part in text for part in whole_parts(error))]

    assert len(errors) > 50 * len(word)
    assert (unseen, unfound) == ([], [])


def edits(one: str, other: str) -> int:
    """Count insertions, deletions, replacements and swaps of neighbours between two words, the slow and plain way."""
    rows = {(-1, column): column + 1 for column in range(-1, len(other))}
    rows |= {(line, -1): line + 1 for line in range(-1, len(one))}
    for line, letter in enumerate(one):
        for column, opposite in enumerate(other):
            best = min(
                rows[line - 1, column] + 1,
                rows[line, column - 1] + 1,
                rows[line - 1, column - 1] + (letter != opposite),
            )
            if line and column and letter == other[column - 1] and one[line - 1] == opposite:
                best = min(best, rows[line - 2, column - 2] + 1)
            rows[line, column] = best
    return rows[len(one) - 1, len(other) - 1]


def test_is_nearly_agrees_with_a_plain_edit_distance() -> None:
    rng = random.Random(5)
    differ = []

    for _ in range(6_000):
        word = "".join(rng.choices("abc", k=rng.randint(4, 7)))
        text = "".join(rng.choices("abc", k=rng.randint(3, 8)))
        expected = any(
            edits(word, text[start:end]) <= 1
            for start in range(len(text) if len(word) >= 6 else 1)
            for end in range(start, len(text) + 1)
        )
        if is_nearly(text, word) != expected:
            differ.append((word, text))

    assert differ == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mülelr", ["Jürgen Müller"]),
        ("müler", ["Jürgen Müller"]),
        ("muelllr", ["Jürgen Müller"]),
        ("mullr", ["Jürgen Müller"]),
        ("Nüller", ["Jürgen Müller"]),
        ("mülle jürgne", ["Jürgen Müller"]),  # in any order, beside a right word
        ("jürgen mülelr", ["Jürgen Müller"]),
        ("vertreib", ["Jürgen Müller"]),  # a department
        ("wärmepmupe", ["Jürgen Müller"]),  # a note
        ("türksich", ["Anna Weber"]),  # a tag
        ("webre.a", ["Anna Weber"]),  # a SIP name
        ("rechnugn", ["Rechnungsklärung"]),  # the beginning of a word, as while it is typed
        ("klärnug", ["Rechnungsklärung"]),  # inside of a word
        ("strörung gas", ["Störungsdienst Gas"]),
        ("mxüllxer", []),  # two errors
        ("jürgne mülelr", []),
        ("ana", []),  # three letters are too few
        ("mülelr abrechnung", []),  # the other word belongs to somebody else
        ("0221 55401", []),
        ("%%%%", []),
        ("____", []),
    ],
)
def test_a_word_with_one_error_finds_similar_names(
    ada: User, directory: dict[str, Destination], text: str, found: list[str]
) -> None:
    results = find_destinations(user=ada, text=text)

    assert near(results) == found
    assert results.is_near == bool(found)
    assert all(option.is_near for option in options_in(results, "near"))
    assert options_in(results, "directory") == []


def test_similar_names_are_not_searched_if_the_text_matches(ada: User, directory: dict[str, Destination]) -> None:
    make_destination(name="Mülelr")

    results = find_destinations(user=ada, text="mülelr")

    assert [option.name for option in options_in(results, "directory")] == ["Mülelr"]
    assert near(results) == []


def test_similar_names_have_the_chosen_type_and_are_usable(
    ada: User, ben: User, directory: dict[str, Destination]
) -> None:
    make_destination(name="Müllbr", is_active=False)
    make_destination(name="Müllxr", owner=ben)

    assert near(find_destinations(user=ada, text="müllar")) == ["Jürgen Müller"]
    assert near(find_destinations(user=ada, text="müllar", destination_type=NUMBER)) == []
    assert near(find_destinations(user=ben, text="müllar")) == ["Müllxr", "Jürgen Müller"]


def test_similar_names_are_ordered_by_own_use_then_favourites_then_name(ada: User, db: None) -> None:
    make_destination(name="Schmidt Anton")
    favourite = make_destination(name="Schmidt Berta")
    make_destination(name="Schmidt Carla", address="schmidt.c")
    set_favourite(user=ada, destination_id=favourite.pk, is_favourite=True)
    make_transfer(agent=ada, destination="schmidt.c", state=TransferState.ANSWERED)

    results = find_destinations(user=ada, text="schmitd")

    assert near(results) == ["Schmidt Carla", "Schmidt Berta", "Schmidt Anton"]


def test_the_typed_destination_comes_after_similar_names(ada: User, directory: dict[str, Destination]) -> None:
    results = find_destinations(user=ada, text="mueler.j")

    assert [group.kind for group in results.groups] == ["near", "typed"]


def test_the_search_for_similar_names_needs_two_more_queries_at_most(
    ada: User, directory: dict[str, Destination], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        make_destination(name=f"Müllerei {number}")

    with django_assert_max_num_queries(15):
        results = find_destinations(user=ada, text="mülelrei")

    assert results.shown == 8
