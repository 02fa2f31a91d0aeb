"""Where calls can go: entries with addresses and opening hours, their search, and the keys 1 to 9.

    editing, holidays     every change of single entries, checked and recorded
    entry_check           the rules for entries; `tidying` prepares their texts
    entry_data, snapshot  entries as values; `entry_rows` stores them
    listing               the directory's own pages
    search/               the picker's search; `favourites`, `next_best` and `availability` serve the picker too
    hours/                opening hours and days off
    files/                import and export
    sip_users/            TENIOS' SIP users

Views and SIP users write by `create_entry`, `change_entry` and `delete_entry` only, imports by `files.applying`.
"""

from transfers.directory.editing import (
    EntryChangedMeanwhile,
    EntryInUse,
    EntryNotFound,
    change_entry,
    create_entry,
    delete_entry,
)
from transfers.directory.entry_check import EntryRefused
from transfers.directory.entry_data import Address, DayOff, EntryData, read_data
from transfers.directory.favourites import FavouritesFull, set_favourite
from transfers.directory.holidays import change_holidays_for_all
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
