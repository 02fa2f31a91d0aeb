"""SIP users of TENIOS' Cloud PBX beside the directory: fetched, compared, looked at, and only then applied.

fetching            `ask_for_fetch`, `fetch_if_wanted`: who asks when, one at a time, in a worker
keeping             what came, kept, with its entries found; nothing of the directory changes
comparison          new, changed, gone, kept as edited by hand: pure
review, applying    what waits for a person, and what became of it
availability_round  who takes calls, asked a few at a time; `transfers.directory.availability` reads it
"""

from transfers.directory.sip_users.applying import Outcome, apply_items, keep_items
from transfers.directory.sip_users.availability_round import ask_who_is_available
from transfers.directory.sip_users.comparison import WAITING, Difference, Kind
from transfers.directory.sip_users.fetching import ask_for_fetch, fetch_if_wanted
from transfers.directory.sip_users.review import ReviewItem, read_items
from transfers.directory.sip_users.state import FetchState, read_fetch_state

__all__ = [
    "WAITING",
    "Difference",
    "FetchState",
    "Kind",
    "Outcome",
    "ReviewItem",
    "apply_items",
    "ask_for_fetch",
    "ask_who_is_available",
    "fetch_if_wanted",
    "keep_items",
    "read_fetch_state",
    "read_items",
]
