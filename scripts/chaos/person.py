"""One person at work: posts what a person posts, reads back what the page says, and keeps both in the history."""

import contextlib
import json
import re
import time
from typing import NamedTuple

import httpx

from scripts.chaos.browser import Browser
from scripts.chaos.history import History, Post, Sighting

_CALL = re.compile(r'id="call-card"[^>]*data-call-uuid="([^"]+)" data-state="([^"]+)"')
_STATE = re.compile(r'data-transfer-state="(\w+)"')
_OWN_FORM = re.compile(r'action="/transfers/(\d+)/\w+/"')
_CHIP = re.compile(r'class="state state--chip is-(\w+)"')
_DETAIL = re.compile(r"/transfers/(\d+)/")
_ROW = re.compile(r'<tr class="history-row">.*?class="state[^"]* is-(\w+)".*?href="/transfers/(\d+)/', re.DOTALL)
_OBSTACLE = re.compile(r'data-obstacle="(stopped|paused)"')
_OLDER = re.compile(r'id="page-older"[^>]*href="([^"]+)"|href="([^"]+)"[^>]*id="page-older"')


class Card(NamedTuple):
    """What the card shows: its call, that call's state, its transfer's state; empty where there is none."""

    call_uuid: str
    call_state: str
    transfer_state: str


class Person:
    """A person and their browser. Every form posted and every state read goes into the history."""

    def __init__(self, *, name: str, web_url: str, history: History) -> None:
        self.name = name
        self.history = history
        self.browser = Browser(web_url)

    def request_transfer(self, *, call_uuid: str, destination: str, request_key: str, is_htmx: bool = True) -> Post:
        """Post the transfer form once and keep what came back."""
        fields = {"destination_type": "EXTERNALNUMBER", "destination": destination, "request_key": request_key}
        started_at = time.monotonic()
        answer = self.browser.post(f"/calls/{call_uuid}/transfer/", fields, is_htmx=is_htmx)
        post = Post(
            who=self.name,
            call_uuid=call_uuid,
            destination=destination,
            request_key=request_key,
            started_at=started_at,
            ended_at=time.monotonic(),
            status=answer.status_code if answer is not None else None,
            transfer_id=_named_transfer(answer) if answer is not None else None,
            told=_told(answer) if answer is not None else "",
        )
        self.history.add(post)
        return post

    def hurry(self, transfer_id: int) -> None:
        """Press "Send now"."""
        self.browser.post(f"/transfers/{transfer_id}/send/", {}, is_htmx=True)

    def cancel(self, transfer_id: int) -> None:
        """Press "Undo", and read on the transfer's page whether that was in time."""
        self.browser.post(f"/transfers/{transfer_id}/cancel/", {}, is_htmx=False)
        self.read_detail(transfer_id)

    def answer_question(self, transfer_id: int, *, is_still_here: bool, page: str) -> str:
        """Say on the card or the detail page whether the caller is still there; return the state shown thereafter."""
        fields = {"caller_still_here": "yes" if is_still_here else "no"}
        answer = self.browser.post(f"/transfers/{transfer_id}/resolve/", fields, is_htmx=page == "card")
        if page == "card":
            return self._take_card(answer.text).transfer_state if answer and answer.status_code == 200 else ""
        return self.read_detail(transfer_id)

    def read_card(self) -> Card | None:
        """Fetch the own call's card; None when the page did not come."""
        page = self.browser.read("/board/call-card/", is_htmx=True)
        return self._take_card(page) if page else None

    def read_detail(self, transfer_id: int) -> str:
        """Fetch a transfer's page and return the state it shows; "" when it did not come."""
        chip = _CHIP.search(self.browser.read(f"/transfers/{transfer_id}/"))
        if chip:
            self._keep("detail page", chip[1], transfer_id=transfer_id)
        return chip[1] if chip else ""

    def read_history(self) -> None:
        """Leaf through the list of all transfers, from the newest to the oldest."""
        path = "/transfers/"
        while path:
            page = self.browser.read(path)
            for state, transfer_id in _ROW.findall(page):
                self._keep("history", state, transfer_id=int(transfer_id))
            older = _OLDER.search(page)
            path = (older[1] or older[2]).replace("&amp;", "&") if older else ""

    def _take_card(self, page: str) -> Card:
        call, state = _CALL.search(page), _STATE.search(page)
        if call is None:
            return Card("", "", "")
        if state is not None:
            own = _OWN_FORM.search(page[state.start() :])
            self._keep("card", state[1], call_uuid=call[1], transfer_id=int(own[1]) if own else None)
        return Card(call[1], call[2], state[1] if state else "")

    def _keep(self, page: str, state: str, *, call_uuid: str = "", transfer_id: int | None = None) -> None:
        sighting = Sighting(
            at=time.monotonic(), page=page, who=self.name, state=state, call_uuid=call_uuid, transfer_id=transfer_id
        )
        self.history.add(sighting)


def _told(answer: httpx.Response) -> str:
    """Return why nothing was asked of TENIOS, where the page says so: "stopped" or "paused"."""
    found = _OBSTACLE.search(answer.text) if answer.status_code >= 400 else None
    return found[1] if found else ""


def _named_transfer(answer: httpx.Response) -> int | None:
    if answer.status_code == 303:
        found = _DETAIL.search(answer.headers.get("Location", ""))
        return int(found[1]) if found else None
    for header in ("HX-Trigger", "HX-Trigger-After-Swap", "HX-Trigger-After-Settle"):
        with contextlib.suppress(ValueError, KeyError, TypeError):
            return int(json.loads(answer.headers.get(header, ""))["transfer-requested"]["transferId"])
    return None
