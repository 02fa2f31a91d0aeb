"""One page of call records as TENIOS sends it (page api-cdr-request), before its items are read."""

from typing import Any

from ._bodies import decode_body
from ._exchange import Exchange
from ._records import read_number
from ._text import read_json

PAGE_SIZE = 100
MOST_PAGE_BYTES = 2 * 1024 * 1024


class TeniosUnavailable(Exception):
    """The call records could not be read completely, so a missing leg proves nothing."""


def read_page(exchange: Exchange) -> dict[str, Any]:
    """Return one page whose `items` is a list. Raises TeniosUnavailable, whose message quotes nothing of the answer."""
    body, problem = decode_body(exchange.headers, exchange.body, most_bytes=MOST_PAGE_BYTES)
    problem = exchange.problem or problem
    if problem or exchange.status != 200 or not exchange.is_complete:
        raise TeniosUnavailable(f"Call records: HTTP status {exchange.status}, {problem or 'no records'}.")
    try:
        answer = read_json(body.decode("utf-8-sig"))
    except ValueError:
        raise TeniosUnavailable("Call records: the answer is not JSON.") from None
    if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
        raise TeniosUnavailable("Call records: the answer holds no items.")
    return answer


def is_page(exchange: Exchange) -> bool:
    """Whether this is a readable page."""
    try:
        read_page(exchange)
    except TeniosUnavailable:
        return False
    return True


def is_last_page(answer: dict[str, Any], *, page: int) -> bool:
    """Whether this is the last page, by the page and size in the answer: TENIOS may cap those that we requested."""
    total = read_number(answer.get("total_items"))
    read_so_far = (read_number(answer.get("page")) or page) * (read_number(answer.get("page_size")) or PAGE_SIZE)
    return not answer["items"] or (total is not None and total <= read_so_far)
