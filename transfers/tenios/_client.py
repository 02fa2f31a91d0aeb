"""The client: sends transfers, reads call records, SIP users and agents, and checks the access key.

All settings are arguments.
"""

import hmac
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from ._answers import MOST_ANSWER_BYTES, TransferAnswer, read_answer
from ._exchange import Exchange, post_json
from ._key_check import KeyCheck, read_key_check
from ._record_pages import MOST_PAGE_BYTES, PAGE_SIZE, TeniosUnavailable, is_last_page, is_page, read_page
from ._records import CallRecords, read_record
from ._sip_user_pages import read_sip_users
from ._sip_users import AgentStateAnswer, SipUsers, read_agent_state
from ._text import MASK
from ._types import to_wire

_MOST_PAGES = 100
_LEAST_SHOWN_KEY = 12
_CHECKED_PERIOD = timedelta(minutes=1)


class TeniosClient:
    """One customer's access to TENIOS. Each request has a connection of its own, so threads may share a client.

    `base_url` has no trailing path. `deadline_seconds` limits each request by the wall clock, from connecting to the
    last byte of the answer. `transport` replaces the network in tests.
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
        """Request once to move the call (at-most-once: never retried if it may have been sent), and return the result.

        `destination` is E.164 for an external number, else the SIP name verbatim. Raises nothing for errors of TENIOS
        or the network, and UnknownDestinationType before anything is sent.
        """
        fields = _transfer_fields(call_uuid, destination_type, destination)
        exchange = self._post("/transfer-call", fields, most_bytes=MOST_ANSWER_BYTES)
        return read_answer(exchange, access_key=self._access_key)

    def masked_request(self, *, call_uuid: str, destination_type: str, destination: str) -> dict[str, str]:
        """Return the four fields that `transfer_call` sends, with the masked access key."""
        return {"access_key": self.masked_key, **_transfer_fields(call_uuid, destination_type, destination)}

    @property
    def deadline_seconds(self) -> float:
        """The time limit of one request, by the wall clock."""
        return self._deadline_seconds

    @property
    def masked_key(self) -> str:
        """The access key for display: four dots and, if the key is long, its last four characters."""
        shown = self._access_key[-4:] if len(self._access_key) >= _LEAST_SHOWN_KEY else ""
        return MASK + shown

    def key_digest(self, *, secret: str) -> str:
        """Return an HMAC of the key (64 hex digits), which identifies it and reveals nothing without the secret."""
        return hmac.digest(secret.encode(), b"access key " + self._access_key.encode(), "sha256").hex()

    def check_key(self, *, at: datetime) -> KeyCheck:
        """Check whether TENIOS accepts the key, by reading the call records of the minute before `at` (aware).

        This only reads, so no call is affected. Raises nothing for errors of TENIOS or the network.
        """
        period = {"start_date_from": _format_time(at - _CHECKED_PERIOD), "start_date_to": _format_time(at)}
        exchange = self._post("/cdrs/retrieve", {**period, "page": 1, "page_size": 1}, most_bytes=MOST_ANSWER_BYTES)
        return read_key_check(exchange, access_key=self._access_key, has_records=is_page(exchange))

    def call_records(self, *, start_at: datetime, end_at: datetime) -> CallRecords:
        """Return the legs that started between the two (aware) times. A leg without id or start makes it not whole.

        Raises TeniosUnavailable if a page cannot be read or there are more than 10,000 legs, and ValueError for times
        without a time zone.
        """
        period = {"start_date_from": _format_time(start_at), "start_date_to": _format_time(end_at)}
        items = [read_record(item) for item in self._record_items(period)]
        legs = {record.leg_uuid: record for record in items if record is not None}
        return CallRecords(sorted(legs.values(), key=lambda leg: leg.started_at), is_whole=None not in items)

    def sip_users(self, *, on_page: Callable[[int], None] = lambda _count: None) -> SipUsers:
        """Return the users of the Cloud PBX, within 40 s and the time of one request. Raises `SipUsersUnavailable`.

        `on_page` is called after each page with the number of users so far. TENIOS has no list of plain SIP accounts
        and trunks.
        """
        return read_sip_users(
            lambda page: self._post("/cloud-pbx/list", page, most_bytes=MOST_PAGE_BYTES),
            access_key=self._access_key,
            on_page=on_page,
        )

    def agent_state(self, *, email: str) -> AgentStateAnswer:
        """Return whether this agent is ready in TENIOS' call distribution. Raises nothing for errors of TENIOS."""
        exchange = self._post("/acd/agent-state/retrieve", {"email": email}, most_bytes=MOST_ANSWER_BYTES)
        return read_agent_state(exchange, access_key=self._access_key)

    def _record_items(self, period: dict[str, str]) -> Iterator[object]:
        for page in range(1, _MOST_PAGES + 1):
            exchange = self._post(
                "/cdrs/retrieve", {**period, "page": page, "page_size": PAGE_SIZE}, most_bytes=MOST_PAGE_BYTES
            )
            answer = read_page(exchange)
            yield from answer["items"]
            if is_last_page(answer, page=page):
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


def _format_time(at: datetime) -> str:
    """Write a time in TENIOS' format, e.g. 2016-04-11T09:00:00.000Z (page api-allgemein)."""
    if at.tzinfo is None:
        raise ValueError("The time has no zone.")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
