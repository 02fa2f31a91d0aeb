"""Favourites on the keys 1 to 9."""

import pytest

from tests.factories import make_destination
from transfers.directory import (
    FavouritesFull,
    favourites_of,
    set_favourite,
)
from transfers.models import Destination, DirectoryEntry, Favourite, User

NUMBER, SIP_USER, SIP_TRUNK = "external_number", "sip_user", "sip_trunk"


def test_a_favourite_takes_the_next_free_key_and_frees_it_again(ada: User, directory: dict[str, Destination]) -> None:
    first, second, third = list(directory.values())[:3]
    assert set_favourite(user=ada, destination_id=first.pk, is_favourite=True) == 1
    assert set_favourite(user=ada, destination_id=second.pk, is_favourite=True) == 2

    assert set_favourite(user=ada, destination_id=second.pk, is_favourite=True) == 2
    assert set_favourite(user=ada, destination_id=first.pk, is_favourite=False) is None
    assert set_favourite(user=ada, destination_id=first.pk, is_favourite=False) is None
    assert set_favourite(user=ada, destination_id=third.pk, is_favourite=True) == 1

    assert [option.name for option in favourites_of(ada)] == [third.name, second.name]


def test_a_tenth_favourite_is_refused_unless_one_is_switched_off(ada: User, ben: User, db: None) -> None:
    entries = [make_destination() for _ in range(10)]
    for entry in entries[:9]:
        set_favourite(user=ada, destination_id=entry.pk, is_favourite=True)

    with pytest.raises(FavouritesFull):
        set_favourite(user=ada, destination_id=entries[9].pk, is_favourite=True)
    assert set_favourite(user=ben, destination_id=entries[9].pk, is_favourite=True) == 1
    DirectoryEntry.objects.filter(pk=entries[3].entry_id).update(is_active=False)

    assert set_favourite(user=ada, destination_id=entries[9].pk, is_favourite=True) == 4
    assert Favourite.objects.filter(user=ada).count() == 9


def test_an_inactive_or_unknown_destination_becomes_no_favourite(ada: User, directory: dict[str, Destination]) -> None:
    for destination_id in (directory["Altes Archiv"].pk, 0):
        with pytest.raises(Destination.DoesNotExist):
            set_favourite(user=ada, destination_id=destination_id, is_favourite=True)

    assert favourites_of(ada) == []
