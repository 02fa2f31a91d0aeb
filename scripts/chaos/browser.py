"""One signed-in person before the web process: posts the forms a browser posts, and reads back what the page says."""

import contextlib
import json
import re
import time
from typing import NamedTuple

import httpx

from scripts.chaos.history import History, Post, Sighting

_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_CALL = re.compile(r'id="call-card"[^>]*data-call-uuid="([^"]+)" data-state="([^"]+)"')
_STATE = re.compile(r'data-transfer-state="(\w+)"')
_OWN_FORM = re.compile(r'action="/transfers/(\d+)/\w+/"')
_CHIP = re.compile(r'class="state state--chip is-(\w+)"')
_DETAIL = re.compile(r"/transfers/(\d+)/")

ANSWER_SECONDS = 30


class SignInFailed(Exception):
    """The person could not sign in: nothing can be tried."""


class Card(NamedTuple):
    """What the card shows: its call, that call's state, its transfer's state; empty where there is none."""

    call_uuid: str
    call_state: str
    transfer_state: str


class Person:
    """A session of the web process. Every form posted and every state read goes into the history."""

    def __init__(self, *, name: str, web_url: str, history: History) -> None:
        self.name = name
        self._history = history
        self._http = httpx.Client(base_url=web_url, timeout=ANSWER_SECONDS, trust_env=False)

    def sign_in(self, password: str) -> None:
        """Sign in by the form. Raises SignInFailed."""
        token = _CSRF.search(self._http.get("/accounts/login/").text)
        fields = {"login": self.name, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
        if self._http.post("/accounts/login/", data=fields).status_code != 302:
            raise SignInFailed(self.name)

    def close(self) -> None:
        """End the connections; the session stays as it is."""
        self._http.close()

    def request_transfer(self, *, call_uuid: str, destination: str, request_key: str, is_htmx: bool = True) -> Post:
        """Post the transfer form once and keep what came back."""
        fields = {"destination_type": "EXTERNALNUMBER", "destination": destination, "request_key": request_key}
        started_at = time.monotonic()
        answer = self._post(f"/calls/{call_uuid}/transfer/", fields, is_htmx=is_htmx)
        post = Post(
            who=self.name,
            call_uuid=call_uuid,
            destination=destination,
            request_key=request_key,
            started_at=started_at,
            ended_at=time.monotonic(),
            status=answer.status_code if answer is not None else None,
            transfer_id=_named_transfer(answer) if answer is not None else None,
        )
        self._history.add(post)
        return post

    def hurry(self, transfer_id: int) -> None:
        """Press "Send now"."""
        self._post(f"/transfers/{transfer_id}/send/", {}, is_htmx=True)

    def cancel(self, transfer_id: int) -> None:
        """Press "Undo", and read on the transfer's page whether that was in time."""
        self._post(f"/transfers/{transfer_id}/cancel/", {}, is_htmx=False)
        self.read_detail(transfer_id)

    def read_card(self) -> Card | None:
        """Fetch the own call's card; None when the page did not come."""
        page = self._get("/board/call-card/")
        if not page:
            return None
        call, state = _CALL.search(page), _STATE.search(page)
        if call is not None and state is not None:
            own = _OWN_FORM.search(page[state.start() :])
            self._keep("card", state[1], call_uuid=call[1], transfer_id=int(own[1]) if own else None)
        return Card(call[1], call[2], state[1] if state else "") if call else Card("", "", "")

    def read_detail(self, transfer_id: int) -> None:
        """Fetch a transfer's page."""
        if chip := _CHIP.search(self._get(f"/transfers/{transfer_id}/")):
            self._keep("detail page", chip[1], transfer_id=transfer_id)

    def _keep(self, page: str, state: str, *, call_uuid: str = "", transfer_id: int | None = None) -> None:
        sighting = Sighting(
            at=time.monotonic(), page=page, who=self.name, state=state, call_uuid=call_uuid, transfer_id=transfer_id
        )
        self._history.add(sighting)

    def _get(self, path: str) -> str:
        try:
            answer = self._http.get(path, headers={"HX-Request": "true"} if "card" in path else {})
        except httpx.HTTPError:
            return ""
        return answer.text if answer.status_code == 200 else ""

    def _post(self, path: str, fields: dict[str, str], *, is_htmx: bool) -> httpx.Response | None:
        headers = {"X-CSRFToken": self._http.cookies.get("csrftoken") or ""} | (
            {"HX-Request": "true"} if is_htmx else {}
        )
        try:
            return self._http.post(path, data=fields, headers=headers)
        except httpx.HTTPError:
            return None


def _named_transfer(answer: httpx.Response) -> int | None:
    if answer.status_code == 303:
        found = _DETAIL.search(answer.headers.get("Location", ""))
        return int(found[1]) if found else None
    for header in ("HX-Trigger", "HX-Trigger-After-Swap", "HX-Trigger-After-Settle"):
        with contextlib.suppress(ValueError, KeyError, TypeError):
            return int(json.loads(answer.headers.get(header, ""))["transfer-requested"]["transferId"])
    return None
