"""SIP users of TENIOS' Cloud PBX: fetched, compared with the directory, and applied only when a person agrees.

fetching            `ask_for_fetch` requests a fetch, `fetch_if_wanted` makes it in a worker, one at a time
keeping             stores what a fetch returned and links it to entries; changes no entry
comparison          the three-way merge, without a database
review, applying    what waits for a decision, and the decision
availability_round  asks TENIOS which agents are available; `transfers.directory.availability` reads the reports
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
