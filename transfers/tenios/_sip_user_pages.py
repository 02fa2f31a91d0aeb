"""Reads all pages of TENIOS' list of SIP users, within limits of pages, bytes and time (wall clock)."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from ._bodies import read_whole_object
from ._exchange import Exchange
from ._record_pages import MOST_PAGE_BYTES, PAGE_SIZE, is_last_page
from ._records import read_number
from ._sip_users import ReadProblem, SipUser, SipUsers, SipUsersUnavailable, read_sip_user, refusal_of

MOST_PAGES = 100
MOST_BYTES = 16 * 1024 * 1024
MOST_SECONDS = 40.0

RequestPage = Callable[[dict[str, Any]], Exchange]
"""Sends the fields `page` and `page_size`, and returns the exchange."""


def read_sip_users(request_page: RequestPage, *, access_key: str, on_page: Callable[[int], None]) -> SipUsers:
    """Return all users. `on_page` is called after each page with the number so far. Raises `SipUsersUnavailable`.

    A page without a new user ends the reading, so that a server that always sends the same page is not asked for ever.
    """
    users: dict[str, SipUser] = {}
    total: float | None = None
    unreadable = 0
    for answer in _pages(request_page, access_key):
        total = read_number(answer.get("total_items"))
        before = len(users)
        for item in answer["items"]:
            user = read_sip_user(item)
            if user is None:
                unreadable += 1
            else:
                users.setdefault(user.user_name, user)
        on_page(len(users))
        if len(users) == before:
            break
    # Without a total there may be more users than the pages showed.
    return SipUsers(list(users.values()), is_whole=not unreadable and total is not None and len(users) >= total)


def _pages(request_page: RequestPage, access_key: str) -> Iterator[dict[str, Any]]:
    started, received = time.monotonic(), 0
    for page in range(1, MOST_PAGES + 1):
        exchange = request_page({"page": page, "page_size": PAGE_SIZE})
        received += len(exchange.body)
        answer = _read_page(exchange, access_key)
        yield answer
        if is_last_page(answer, page=page):
            return
        if received > MOST_BYTES or time.monotonic() - started > MOST_SECONDS:
            break
    raise SipUsersUnavailable(ReadProblem.TOO_MUCH)


def _read_page(exchange: Exchange, access_key: str) -> dict[str, Any]:
    if refusal := refusal_of(exchange, access_key=access_key):
        raise SipUsersUnavailable(refusal.problem, refusal.detail)
    answer = read_whole_object(exchange, most_bytes=MOST_PAGE_BYTES)
    if answer is None or not isinstance(answer.get("items"), list):
        raise SipUsersUnavailable(ReadProblem.NOT_UNDERSTOOD)
    return answer
