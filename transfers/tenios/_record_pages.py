"""One page of call records as TENIOS answers it (page api-cdr-request), before its items are understood."""

from typing import Any

from ._answers import decode_body
from ._exchange import Exchange
from ._records import read_number
from ._text import read_json

PAGE_SIZE = 100
MOST_PAGE_BYTES = 2 * 1024 * 1024


class TeniosUnavailable(Exception):
    """The call records could not be read whole; what is missing from them proves nothing."""


def read_page(exchange: Exchange) -> dict[str, Any]:
    """Return one page whose `items` is a list; raises TeniosUnavailable with nothing of the answer in its words."""
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
    """Tell whether this is a page that can be read."""
    try:
        read_page(exchange)
    except TeniosUnavailable:
        return False
    return True


def is_last_page(answer: dict[str, Any], *, page: int) -> bool:
    """Judge by the page and size that the answer names, not by those asked for: TENIOS may cap them."""
    total = read_number(answer.get("total_items"))
    seen = (read_number(answer.get("page")) or page) * (read_number(answer.get("page_size")) or PAGE_SIZE)
    return not answer["items"] or (total is not None and total <= seen)
