"""The client: asks TENIOS to transfer a call, and reads its call records. Settings are passed in."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx

from ._answers import MOST_ANSWER_BYTES, TransferAnswer, decode_body, read_answer
from ._exchange import Exchange, post_json
from ._records import CallRecords, read_number, read_record
from ._text import MASK, read_json
from ._types import to_wire

_PAGE_SIZE = 100
_MOST_PAGES = 100
_MOST_PAGE_BYTES = 2 * 1024 * 1024
_LEAST_SHOWN_KEY = 12


class TeniosUnavailable(Exception):
    """The call records could not be read whole; what is missing from them proves nothing."""


class TeniosClient:
    """One customer's access to TENIOS. Holds no connection: each request has its own, so threads may share a client.

    `base_url` has no trailing path; `deadline_seconds` bounds each request by the wall clock, from connecting to the
    last byte of the answer; `transport` stands in for the network in tests.
    """

    def __init__(
        self,
        *,
        access_key: str,
        base_url: str,
        transport: httpx.BaseTransport | None = None,
        deadline_seconds: float = 6.0,
    ) -> None:
        self._access_key = access_key
        self._base_url = base_url.rstrip("/")
        self._transport = transport
        self._deadline_seconds = deadline_seconds

    def transfer_call(self, *, call_uuid: str, destination_type: str, destination: str) -> TransferAnswer:
        """Ask once to move the call, and return what is known then. Never repeats what may have left.

        `destination` is E.164 for an external number, else the SIP name verbatim. Raises nothing for what TENIOS or
        the network does; UnknownDestinationType, before anything is sent, for a type that does not exist.
        """
        fields = _transfer_fields(call_uuid, destination_type, destination)
        exchange = self._post("/transfer-call", fields, most_bytes=MOST_ANSWER_BYTES)
        return read_answer(exchange, access_key=self._access_key)

    def masked_request(self, *, call_uuid: str, destination_type: str, destination: str) -> dict[str, str]:
        """Return the four fields as `transfer_call` sends them, the access key as four dots and its last characters."""
        shown = self._access_key[-4:] if len(self._access_key) >= _LEAST_SHOWN_KEY else ""
        return {"access_key": MASK + shown, **_transfer_fields(call_uuid, destination_type, destination)}

    def call_records(self, *, start_at: datetime, end_at: datetime) -> CallRecords:
        """Return the legs that started between the two (aware) times; a leg without id or start makes it not whole.

        Raises TeniosUnavailable when a page cannot be read or there are more than 10,000 legs; ValueError for times
        without a zone.
        """
        period = {"start_date_from": _format_moment(start_at), "start_date_to": _format_moment(end_at)}
        items = [read_record(item) for item in self._record_items(period)]
        legs = {record.leg_uuid: record for record in items if record is not None}
        return CallRecords(sorted(legs.values(), key=lambda leg: leg.started_at), is_whole=None not in items)

    def _record_items(self, period: dict[str, str]) -> Iterator[object]:
        for page in range(1, _MOST_PAGES + 1):
            exchange = self._post(
                "/cdrs/retrieve", {**period, "page": page, "page_size": _PAGE_SIZE}, most_bytes=_MOST_PAGE_BYTES
            )
            answer = _read_page(exchange)
            yield from answer["items"]
            if _is_last_page(answer, page=page):
                return
        raise TeniosUnavailable(f"There are more than {_MOST_PAGES} pages of call records.")

    def _post(self, path: str, fields: dict[str, Any], *, most_bytes: int) -> Exchange:
        return post_json(
            url=self._base_url + path,
            content=json.dumps({"access_key": self._access_key, **fields}).encode(),
            transport=self._transport,
            deadline_seconds=self._deadline_seconds,
            most_bytes=most_bytes,
        )


def _transfer_fields(call_uuid: str, destination_type: str, destination: str) -> dict[str, str]:
    return {"call_uuid": call_uuid, "destination_type": to_wire(destination_type), "destination": destination}


def _read_page(exchange: Exchange) -> dict[str, Any]:
    """Return one page whose `items` is a list; raises TeniosUnavailable with nothing of the answer in its words."""
    body, problem = decode_body(exchange.headers, exchange.body, most_bytes=_MOST_PAGE_BYTES)
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


def _is_last_page(answer: dict[str, Any], *, page: int) -> bool:
    """Judge by the page and size that the answer names, not by those asked for: TENIOS may cap them."""
    total = read_number(answer.get("total_items"))
    seen = (read_number(answer.get("page")) or page) * (read_number(answer.get("page_size")) or _PAGE_SIZE)
    return not answer["items"] or (total is not None and total <= seen)


def _format_moment(moment: datetime) -> str:
    """Write a time as TENIOS reads it, e.g. 2016-04-11T09:00:00.000Z (page api-allgemein)."""
    if moment.tzinfo is None:
        raise ValueError("The time has no zone.")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
