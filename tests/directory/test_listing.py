"""The list of the directory: scopes, words, filters, order, pages."""

import pytest
from django.contrib.auth.models import Group
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_destination, make_entry
from transfers.directory.listing import PAGE, ListFilter, Listing, list_entries
from transfers.models import User

pytestmark = pytest.mark.django_db


def names_in(listing: Listing) -> list[str]:
    return [row.entry.name for row in listing.rows]


def fill(ada: User) -> None:
    make_destination(name="Ärzte", department="Service", kind="line")
    make_destination(name="Anton", department="Technik", tags=["Heizung"], is_active=False)
    kessler = make_destination(name="Kessler", address="kessler.m", department="Technik").entry
    make_destination(entry=kessler, destination_type="external_number", address="+491713920033", label="mobile")
    make_entry(kind="team", name="Team Technik", department="Technik")
    make_destination(name="Hidden", audience=[Group.objects.get(name="administrator")])
    make_destination(name="Own of ada", owner=ada)


@pytest.mark.parametrize(
    ("who", "query", "names"),
    [
        ("sue", ListFilter(), ["Ärzte", "Anton", "Hidden", "Kessler", "Team Technik"]),
        ("ada", ListFilter(), ["Ärzte", "Kessler", "Team Technik"]),
        ("ada", ListFilter(scope="own"), ["Own of ada"]),
        ("sue", ListFilter(scope="own"), []),
        ("sue", ListFilter(text="technik"), ["Anton", "Kessler", "Team Technik"]),
        ("sue", ListFilter(text="team tech"), ["Team Technik"]),
        ("sue", ListFilter(text="0171 3920"), ["Kessler"]),
        ("sue", ListFilter(text="kessler mobile"), ["Kessler"]),
        ("sue", ListFilter(text="heizung"), ["Anton"]),
        ("sue", ListFilter(text="aerzte"), ["Ärzte"]),
        ("sue", ListFilter(text="\x00 zzz"), []),
        ("sue", ListFilter(kind="team"), ["Team Technik"]),
        ("sue", ListFilter(department="Technik", kind="person"), ["Anton", "Kessler"]),
        ("sue", ListFilter(state="off"), ["Anton"]),
        ("sue", ListFilter(state="active", department="Technik"), ["Kessler", "Team Technik"]),
    ],
)
def test_a_list_has_the_visible_entries_that_match_the_filter(
    request: pytest.FixtureRequest, ada: User, who: str, query: ListFilter, names: list[str]
) -> None:
    fill(ada)

    listing = list_entries(user=request.getfixturevalue(who), query=query)

    assert names_in(listing) == names
    assert listing.found == len(names)


def test_a_list_has_counts_and_departments(ada: User, sue: User) -> None:
    fill(ada)

    listing = list_entries(user=sue, query=ListFilter(department="Technik", kind="person"))

    assert (listing.total, listing.active, listing.found) == (5, 4, 2)
    assert listing.kinds == {"person": 2, "team": 1, "line": 0}
    assert listing.departments == ("Service", "Technik")
    assert [address.label for address in listing.rows[1].addresses] == ["", "mobile"]


@pytest.mark.parametrize(("page", "shown", "count"), [(1, 1, PAGE), (2, 2, 3), (9, 2, 3), (0, 1, PAGE)])
def test_a_page_number_that_is_too_high_gives_the_last_page(sue: User, page: int, shown: int, count: int) -> None:
    for number in range(PAGE + 3):
        make_entry(name=f"Entry {number:03}")

    listing = list_entries(user=sue, query=ListFilter(page=page))

    assert (listing.filter.page, listing.pages, len(listing.rows)) == (shown, 2, count)


def test_the_number_of_queries_does_not_grow_with_the_rows(
    sue: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(PAGE):
        make_destination(name=f"Entry {number:03}")

    with django_assert_max_num_queries(12):
        list_entries(user=sue, query=ListFilter(text="entry"))
