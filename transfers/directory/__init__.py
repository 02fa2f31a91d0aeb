"""Where calls can go, by name: the reads behind the picker and the dock, and the keys 1 to 9."""

from transfers.directory.favourites import FavouritesFull, set_favourite
from transfers.directory.finding import Group, Results, favourites_of, find_destinations, recents_of
from transfers.directory.options import Option
from transfers.models import fold

__all__ = [
    "FavouritesFull",
    "Group",
    "Option",
    "Results",
    "favourites_of",
    "find_destinations",
    "fold",
    "recents_of",
    "set_favourite",
]
