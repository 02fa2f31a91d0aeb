"""An agent's favourite destinations, on the keys 1 to 9."""

from django.db import IntegrityError, transaction

from transfers.models import Destination, Favourite, User

POSITIONS = range(1, 10)
TRIES = 3


class FavouritesFull(Exception):
    """All nine keys are taken."""


def set_favourite(*, user: User, destination_id: int, is_favourite: bool) -> int | None:
    """Put a destination on the next free key, or free its key. Return the key, None when freed. Idempotent.

    Raises `FavouritesFull`, and `Destination.DoesNotExist` for a destination that this person may not use.
    """
    if not is_favourite:
        Favourite.objects.filter(user=user, destination_id=destination_id).delete()
        return None
    for _try in range(TRIES - 1):
        try:
            return _add(user, destination_id)
        except IntegrityError:  # another tab of the same person took the key: try the next one
            continue
    return _add(user, destination_id)


def _add(user: User, destination_id: int) -> int:
    with transaction.atomic():
        destination = Destination.objects.usable_by(user).get(pk=destination_id)
        existing = Favourite.objects.filter(user=user, destination=destination).first()
        if existing is not None:
            return existing.position
        position = _free_position(user)
        Favourite.objects.create(user=user, destination=destination, position=position)
        return position


def _free_position(user: User) -> int:
    """Return the lowest free key. If all are taken, free one whose destination is unusable and therefore not shown."""
    taken = {favourite.position: favourite for favourite in Favourite.objects.filter(user=user).order_by("position")}
    for position in POSITIONS:
        if position not in taken:
            return position
    usable = set(Destination.objects.usable_by(user).filter(favourites__user=user).values_list("pk", flat=True))
    for position, favourite in taken.items():
        if favourite.destination_id not in usable:
            favourite.delete()
            return position
    raise FavouritesFull
