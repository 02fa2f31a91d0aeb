"""TENIOS' methods except transfers (pages api-allgemein, api-cdr-request, api-pbx-config, api-acd)."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from . import answers, fiction
from .account import Account
from .answers import Answer, answer_json
from .call_records import MOST_PAGE_SIZE, parse_stamp
from .sip_user_list import list_sip_users
from .transfer_endpoint import is_key

AGENT_STATES = ("READY", "NOT_READY")

Fields = Mapping[str, Any]

_LISTS = ("/cloud-pbx/list", "/acd/agent-state/retrieve")
_INSTEAD = {
    "http_429": Answer(429, b"", headers=(("Retry-After", "7"),)),
    "http_500": Answer(500, b"<!DOCTYPE html><title>Error</title>", "text/html; charset=utf-8"),
    "garbage": Answer(200, b'\x00\xff{"items": [tru'),
}
"""Value of the option `list_answer` -> the answer instead of a list."""


class _Refused(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.error_code)
        self.answer = answer


class ApiEndpoint:
    """Answers every method except /transfer-call. A body that is no JSON object is None here."""

    def __init__(self, *, account: Account, access_key: str) -> None:
        self._account = account
        self._access_key = access_key
        self._agent_states = {f"{user}@example.org": "READY" for user in account.sip_users}
        self._agent_states |= {f"{user}@example.org": "NOT_READY" for user in fiction.AWAY}
        self._methods: dict[str, Callable[[Fields], Answer]] = {
            "/cdrs/retrieve": self._retrieve_records,
            "/cdrs/count": self._count_records,
            "/cloud-pbx/list": self._list_sip_users,
            "/acd/agent-state/retrieve": self._retrieve_agent_state,
            "/acd/agent-state/change": self._change_agent_state,
        }

    def has(self, path: str) -> bool:
        """Return whether there is a method at this (normalised) path."""
        return path in self._methods

    def handle(self, path: str, fields: Fields | None) -> Answer:
        """Answer one request to a path that `has` knows."""
        try:
            if fields is None:
                return answers.invalid_json()
            self._check_key(path, fields)
            if path in _LISTS and (instead := _INSTEAD.get(self._account.options.list_answer)):
                return instead
            return self._methods[path](fields)
        except _Refused as refusal:
            return refusal.answer

    # --- call records

    def _retrieve_records(self, fields: Fields) -> Answer:
        records = self._select_records(fields)
        page, page_size = _read_count(fields, "page", default=1), _read_count(fields, "page_size", default=10)
        page_size = min(page_size, MOST_PAGE_SIZE)
        items = records[(page - 1) * page_size : page * page_size]
        return answer_json({"items": items, "page": page, "page_size": page_size, "total_items": len(records)})

    def _count_records(self, fields: Fields) -> Answer:
        return answer_json({"total_items": len(self._select_records(fields))})

    def _select_records(self, fields: Fields) -> list[dict[str, Any]]:
        limits = []
        for name in ("start_date_from", "start_date_to"):
            moment = parse_stamp(_require(fields, name))
            limits.append(moment if moment is not None else _refuse(answers.invalid_value(name)))
        with self._account.lock:
            return self._account.records.select(start=limits[0], end=limits[1], at=self._account.scheduler.monotonic())

    # --- cloud PBX

    def _list_sip_users(self, fields: Fields) -> Answer:
        page, page_size = _read_count(fields, "page", default=1), _read_count(fields, "page_size", default=10)
        page_size = min(page_size, MOST_PAGE_SIZE)
        users = list_sip_users(self._account)
        items = users[(page - 1) * page_size : page * page_size]
        body = {"success": True, "items": items, "total_items": len(users), "page_size": page_size, "page": page}
        return answer_json(body)

    # --- call distribution

    def _retrieve_agent_state(self, fields: Fields) -> Answer:
        email = self._known_agent(fields)
        return answer_json({"email": email, "state": self._agent_states[email]})

    def _change_agent_state(self, fields: Fields) -> Answer:
        email, state = self._known_agent(fields), _require(fields, "state")
        if state not in AGENT_STATES:
            return answers.invalid_value("state")
        self._agent_states[email] = str(state)
        return answers.success()

    def _known_agent(self, fields: Fields) -> str:
        email = str(_require(fields, "email"))
        return email if email in self._agent_states else _refuse(answers.agent_not_found())

    def _check_key(self, path: str, fields: Fields) -> None:
        is_acd = path.startswith("/acd/")  # the page about these methods shows 400 for a wrong key
        options = self._account.options
        if options.key_refused or not is_key(_require(fields, "access_key"), self._access_key):
            _refuse(answers.bad_credentials(status=400 if is_acd else int(options.bad_key_answer)))


def _refuse(answer: Answer) -> NoReturn:
    raise _Refused(answer)


def _require(fields: Fields, name: str) -> object:
    value = fields.get(name)
    return _refuse(answers.field_required(name)) if value in (None, "") else value


def _read_count(fields: Fields, name: str, *, default: int) -> int:
    """Read a number from 1 on, given as a number or as text (TENIOS' examples have both)."""
    value = fields.get(name, default)
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 999_999:
        return value
    _refuse(answers.invalid_value(name))
