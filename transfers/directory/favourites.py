"""The destinations that an agent keeps on the keys 1 to 9."""

from django.db import IntegrityError, transaction

from transfers.models import Destination, Favourite, User

POSITIONS = range(1, 10)
TRIES = 3


class FavouritesFull(Exception):
    """All nine keys are taken."""


def set_favourite(*, user: User, destination_id: int, is_favourite: bool) -> int | None:
    """Keep a destination on the next free key, or free its key; returns the key, None when freed. Repeats do no harm.

    Raises `FavouritesFull`, and `Destination.DoesNotExist` for one that is switched off or not for this person.
    """
    if not is_favourite:
        Favourite.objects.filter(user=user, destination_id=destination_id).delete()
        return None
    for _try in range(TRIES - 1):
        try:
            return _keep(user, destination_id)
        except IntegrityError:  # another tab of the same person was faster: look again
            continue
    return _keep(user, destination_id)


def _keep(user: User, destination_id: int) -> int:
    with transaction.atomic():
        destination = Destination.objects.active().visible_to(user).get(pk=destination_id)
        kept = Favourite.objects.filter(user=user, destination=destination).first()
        if kept is not None:
            return kept.position
        position = _free_position(user)
        Favourite.objects.create(user=user, destination=destination, position=position)
        return position


def _free_position(user: User) -> int:
    """Return the lowest free key; if there is none, one whose destination cannot be used and so is not even shown."""
    taken = {favourite.position: favourite for favourite in Favourite.objects.filter(user=user).order_by("position")}
    for position in POSITIONS:
        if position not in taken:
            return position
    usable = set(
        Destination.objects.active().visible_to(user).filter(favourites__user=user).values_list("pk", flat=True)
    )
    for position, favourite in taken.items():
        if favourite.destination_id not in usable:
            favourite.delete()
            return position
    raise FavouritesFull
