"""POST /transfer-call: checks a request, moves the call unless the behaviour prevents it, and makes the answer."""

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import answers
from .account import Account
from .answers import Answer
from .behaviours import Delivery, Wait
from .calls import LEG_TYPES, Leg
from .ledger import Ledger, LedgerEntry
from .orders import DEFAULT_SECONDS, NextTransfer, Orders
from .transfer_plan import E164

FIELDS = ("access_key", "call_uuid", "destination_type", "destination")

_UUID_SHAPE = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DRIP_SECONDS = 1.0


@dataclass(frozen=True)
class Outgoing:
    """An answer and the way to send it; `drip_seconds` is the pause between two bytes when it drips."""

    answer: Answer
    delivery: Delivery = Delivery.PLAIN
    drip_seconds: float = _DRIP_SECONDS


class TransferEndpoint:
    """Answers transfers with the `access_key`. `wait` sleeps for some seconds; it ends early when the server stops."""

    def __init__(
        self, *, account: Account, orders: Orders, ledger: Ledger, access_key: str, wait: Callable[[float], object]
    ) -> None:
        self._account = account
        self._orders = orders
        self._ledger = ledger
        self._access_key = access_key
        self._wait = wait

    def handle(self, fields: Mapping[str, Any] | None) -> tuple[Outgoing, LedgerEntry]:
        """Handle the fields of a request (None: its body was no JSON object).

        Return the answer and its entry in the ledger. The caller stores in the entry which status was sent.
        """
        now = self._account.scheduler
        entry = self._ledger.open_entry(fields=fields, at=now.utc_now(), at_monotonic=now.monotonic())
        self._wait(self._account.options.api_delay_seconds)
        call_uuid = str(fields.get("call_uuid", "")) if fields else ""
        order = self._orders.take(call_uuid, is_running=self._account.find_call(call_uuid) is not None)
        entry.behaviour = order.answer
        seconds = DEFAULT_SECONDS if order.seconds is None else order.seconds
        behaviour = order.behaviour
        if behaviour.wait is Wait.BEFORE_ACT:
            self._wait(seconds)
        documented = self._check_and_act(fields, order, entry)
        if behaviour.wait is Wait.AFTER_ACT:
            self._wait(seconds)
        answer = behaviour.answer(documented, call_uuid, seconds) if behaviour.answer else documented
        entry.error_code = answer.error_code if len(answer.body) < 10_000 else None
        return Outgoing(answer, behaviour.delivery, _DRIP_SECONDS if order.seconds is None else order.seconds), entry

    def _check_and_act(self, fields: Mapping[str, Any] | None, order: NextTransfer, entry: LedgerEntry) -> Answer:
        with self._account.lock:
            refusal = self._check(fields)
            if refusal is not None or fields is None:
                return refusal or answers.invalid_json()
            if order.behaviour.acts:
                leg = self._act(fields, order)
                entry.acted, entry.leg_uuid = True, leg.uuid
        extra = {"request_id": self._account.new_id()} if self._account.options.extra_fields else {}
        return answers.answer_json({"success": True, **extra})

    def _act(self, fields: Mapping[str, Any], order: NextTransfer) -> Leg:
        return self._account.transfer(
            self._account.calls[fields["call_uuid"]],
            destination_type=fields["destination_type"],
            destination=fields["destination"],
            outcome=order.leg,
            ring_seconds=order.ring_seconds,
        )

    def _check(self, fields: Mapping[str, Any] | None) -> Answer | None:
        """Return the error of a request, None for a correct one. TENIOS does not document the order of the checks."""
        options = self._account.options
        if fields is None or any(fields.get(name) is None for name in FIELDS):
            return answers.invalid_json()
        if options.key_refused or not is_key(fields["access_key"], self._access_key):
            return answers.bad_credentials(status=int(options.bad_key_answer))
        if fields["destination_type"] not in list(LEG_TYPES):
            return answers.invalid_value("destination_type")
        call_uuid, destination = fields["call_uuid"], fields["destination"]
        if not isinstance(call_uuid, str) or not _UUID_SHAPE.fullmatch(call_uuid):
            return answers.invalid_field("call_uuid", call_uuid)
        if not isinstance(destination, str):
            return answers.invalid_value("destination")
        if not destination:
            return answers.invalid_field("destination", destination)
        return self._check_call(call_uuid) or self._check_destination(fields["destination_type"], destination)

    def _check_call(self, call_uuid: str) -> Answer | None:
        options, call = self._account.options, self._account.find_call(call_uuid)
        if call is None:
            return answers.call_not_found()
        if call.state == "transferring" and options.second_transfer == "refuse":
            return answers.undocumented_refusal("TRANSFER_IN_PROGRESS", "The call is being transferred")
        if call.is_transferable:
            return None
        if options.not_connected_answer == "made_up_code":
            return answers.undocumented_refusal("CALL_NOT_CONNECTED", "The call is not connected")
        return answers.call_not_found()

    def _check_destination(self, destination_type: str, destination: str) -> Answer | None:
        if self._account.options.bad_destination == "accept":
            return None
        known = {
            "EXTERNALNUMBER": bool(E164.fullmatch(destination)),
            "SIP_USER": destination in self._account.sip_users,
            "SIP_TRUNK": destination in self._account.sip_trunks,
        }
        return None if known[destination_type] else answers.invalid_field("destination", destination)


def is_key(given: object, expected: str) -> bool:
    """Compare a key in constant time. What is no text, and an empty key, is always wrong."""
    if not isinstance(given, str) or not expected:
        return False
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())
