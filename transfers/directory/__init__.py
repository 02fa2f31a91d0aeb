"""Where calls can go, by name: the reads behind the picker and the dock, the keys 1 to 9, and the one writer.

Views, imports and pulls of SIP users write by `create_entry`, `change_entry` and `delete_entry` alone.
"""

from transfers.directory.editing import (
    EntryChangedMeanwhile,
    EntryInUse,
    EntryNotFound,
    change_entry,
    change_holidays_for_all,
    create_entry,
    delete_entry,
)
from transfers.directory.entry_check import EntryRefused
from transfers.directory.entry_data import Address, DayOff, EntryData, read_data
from transfers.directory.favourites import FavouritesFull, set_favourite
from transfers.directory.hours.opening import Closed, is_open, next_opening
from transfers.directory.hours.timetable import Hours
from transfers.directory.next_best import next_best
from transfers.directory.search.finding import Results, favourites_of, find_destinations, recents_of
from transfers.directory.search.likely import Group
from transfers.directory.search.options import Option
from transfers.models import fold

__all__ = [
    "Address",
    "Closed",
    "DayOff",
    "EntryChangedMeanwhile",
    "EntryData",
    "EntryInUse",
    "EntryNotFound",
    "EntryRefused",
    "FavouritesFull",
    "Group",
    "Hours",
    "Option",
    "Results",
    "change_entry",
    "change_holidays_for_all",
    "create_entry",
    "delete_entry",
    "favourites_of",
    "find_destinations",
    "fold",
    "is_open",
    "next_best",
    "next_opening",
    "read_data",
    "recents_of",
    "set_favourite",
]
