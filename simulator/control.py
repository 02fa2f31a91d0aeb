"""The commands of control interface and page: start calls, hang up, choose how transfers go, change options."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from .account import Account, CallNotRunning, TooManyCalls
from .behaviours import BEHAVIOURS
from .event_poster import EventPoster
from .fiction import ANONYMOUS
from .ledger import Ledger
from .options import LEG_OUTCOMES, InvalidSetting, checked_choice, checked_number, checked_switch
from .orders import NextTransfer, Orders
from .state_report import build_report
from .traffic import MOST_CALLS_PER_MINUTE, Traffic

Data = Mapping[str, Any]

_NUMBER = re.compile(r"\+?[0-9]{3,20}")
_HANG_UP = re.compile(r"/simulator/calls/([^/]{1,64})/hangup")
_LONGEST_SECONDS = 86_400


class UnknownPath(LookupError):
    """The control interface has no such path for this method."""


class InvalidOrder(ValueError):
    """The data of a command are invalid; the message says what and is for people."""


class Control:
    """Reads and changes a running simulator. Empty and null values count as missing."""

    def __init__(
        self, *, account: Account, orders: Orders, ledger: Ledger, poster: EventPoster, traffic: Traffic
    ) -> None:
        self.account = account
        self.orders = orders
        self.ledger = ledger
        self.poster = poster
        self.traffic = traffic
        self._commands: dict[str, Callable[[Data], dict[str, Any]]] = {
            "/simulator/calls": self._start_call,
            "/simulator/next-transfer": self._order_transfer,
            "/simulator/traffic": self._change_traffic,
            "/simulator/options": self._change_options,
        }

    def read(self, path: str) -> dict[str, Any]:
        """Return the data of a GET. Raises UnknownPath."""
        if path == "/simulator/state":
            return self.report()
        if path == "/simulator/ledger":
            return {"requests": self.ledger.as_json()}
        raise UnknownPath(path)

    def report(self) -> dict[str, Any]:
        """Return the current state."""
        with self.account.lock:
            return build_report(account=self.account, orders=self.orders, poster=self.poster, traffic=self.traffic)

    def change(self, path: str, data: Data) -> dict[str, Any]:
        """Run the command of a POST and return its result. Raises UnknownPath, InvalidOrder."""
        given = {name: value for name, value in data.items() if value is not None and value != ""}
        hang_up = _HANG_UP.fullmatch(path)
        if hang_up is None and path not in self._commands:
            raise UnknownPath(path)
        try:
            return self._hang_up(hang_up[1]) if hang_up else self._commands[path](given)
        except (InvalidSetting, CallNotRunning, TooManyCalls) as error:
            raise InvalidOrder(str(error)) from error

    def _hang_up(self, call_uuid: str) -> dict[str, Any]:
        self.account.hang_up(call_uuid)
        return {"call_uuid": call_uuid}

    def _start_call(self, data: Data) -> dict[str, Any]:
        _refuse_unknown(data, {"caller", "service_number", "agent", "answered", "talk_seconds"})
        call = self.account.start_call(
            caller=_read_number(data, "caller", or_word=ANONYMOUS),
            service_number=_read_number(data, "service_number"),
            agent=_read_name(data, "agent"),
            answered=checked_switch("answered", data.get("answered", True)),
            talk_seconds=_read_seconds(data, "talk_seconds"),
        )
        return {"call_uuid": call.call_uuid}

    def _order_transfer(self, data: Data) -> dict[str, Any]:
        _refuse_unknown(data, {"answer", "leg", "ring_seconds", "seconds", "always", "call_uuid"})
        order = NextTransfer(
            answer=checked_choice("answer", data.get("answer", "normal"), tuple(BEHAVIOURS)),
            leg=checked_choice("leg", data["leg"], LEG_OUTCOMES) if "leg" in data else None,
            ring_seconds=_read_seconds(data, "ring_seconds"),
            seconds=_read_seconds(data, "seconds"),
        )
        is_for_always = checked_switch("always", data.get("always", False))
        self.orders.order(order, is_for_always=is_for_always, call_uuid=_read_name(data, "call_uuid"))
        return {"ok": True}

    def _change_traffic(self, data: Data) -> dict[str, Any]:
        _refuse_unknown(data, {"calls_per_minute"})
        if "calls_per_minute" not in data:
            raise InvalidOrder(_("calls_per_minute is missing."))
        pace = checked_number("calls_per_minute", data["calls_per_minute"], most=MOST_CALLS_PER_MINUTE)
        self.traffic.change_pace(pace)
        return {"calls_per_minute": pace}

    def _change_options(self, data: Data) -> dict[str, Any]:
        with self.account.lock:
            self.account.options.change(data)
        return self.account.options.as_json()


def _refuse_unknown(data: Data, known: set[str]) -> None:
    if unknown := sorted(set(data) - known):
        raise InvalidOrder(_("There is no field “%(name)s”.") % {"name": unknown[0]})


def _read_number(data: Data, name: str, *, or_word: str = "") -> str | None:
    """Read a phone number; spaces are removed."""
    if name not in data:
        return None
    value = data[name]
    number = re.sub(r"\s", "", value) if isinstance(value, str) else ""
    if number and (number == or_word or _NUMBER.fullmatch(number)):
        return number
    raise InvalidOrder(_("%(name)s must be a phone number such as +493023125100.") % {"name": name})


def _read_name(data: Data, name: str) -> str | None:
    if name not in data:
        return None
    value = data[name]
    if isinstance(value, str) and value.isprintable() and len(value.strip()) in range(1, 81):
        return value.strip()
    raise InvalidOrder(_("%(name)s must be a text of 1 to 80 characters.") % {"name": name})


def _read_seconds(data: Data, name: str) -> float | None:
    return checked_number(name, data[name], most=_LONGEST_SECONDS) if name in data else None
