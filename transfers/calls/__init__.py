"""The calls: applies the call events from TENIOS, and reads the live calls and their agents.

intake           stores each event when it arrives, and retries while the database refuses
events           applies one event to its call; `event_facts` reads what the event says
ghosts           ends calls whose end TENIOS never reported
ownership        takes a call, or gives it up, by hand
board, own_calls the team's calls; the call on a person's own card
board_call       one call as the boards show it; `card_times`: how long they show it
choices          which calls a person shows on the board, and in which order
progress         the steps of a transfer on the card
hand_over        what the colleague sees of a transfer to them
"""

from transfers.calls.board import calls_by_id, earlier_call_today, live_calls, team_calls
from transfers.calls.board_call import BoardCall
from transfers.calls.caller_digest import digest_caller
from transfers.calls.card_times import ACCEPTED_WAITS_FOR, card_changes_at, is_without_news
from transfers.calls.ghosts import end_ghost_calls
from transfers.calls.hand_over import HandOver, announced_to, hand_over_of
from transfers.calls.intake import NotStored, store_call_event
from transfers.calls.own_calls import last_own_call, own_call
from transfers.calls.ownership import give_up_call, take_call
from transfers.calls.progress import Progress, describe_progress
from transfers.calls.time_limits import Level, Limit, talking_limit, waiting_limit

__all__ = [
    "ACCEPTED_WAITS_FOR",
    "BoardCall",
    "HandOver",
    "Level",
    "Limit",
    "NotStored",
    "Progress",
    "announced_to",
    "calls_by_id",
    "card_changes_at",
    "describe_progress",
    "digest_caller",
    "earlier_call_today",
    "end_ghost_calls",
    "give_up_call",
    "hand_over_of",
    "is_without_news",
    "last_own_call",
    "live_calls",
    "own_call",
    "store_call_event",
    "take_call",
    "talking_limit",
    "team_calls",
    "waiting_limit",
]
