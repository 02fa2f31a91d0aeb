"""A user's client: submits forms, reads the states that pages show, and records both in the history."""

import contextlib
import json
import re
import time
from typing import NamedTuple

import httpx

from scripts.chaos.history import DisplayedState, History, Submission
from scripts.chaos.workload.http_session import HttpSession

_CALL = re.compile(r'id="call-card"[^>]*data-call-uuid="([^"]+)" data-state="([^"]+)"')
_STATE = re.compile(r'data-transfer-state="(\w+)"')
_OWN_FORM = re.compile(r'action="/transfers/(\d+)/\w+/"')
_CHIP = re.compile(r'class="state state--chip is-(\w+)"')
_DETAIL = re.compile(r"/transfers/(\d+)/")
_ROW = re.compile(r'<tr class="history-row">.*?class="state[^"]* is-(\w+)".*?href="/transfers/(\d+)/', re.DOTALL)
_OBSTACLE = re.compile(r'data-obstacle="(stopped|paused)"')
_OLDER = re.compile(r'id="page-older"[^>]*href="([^"]+)"|href="([^"]+)"[^>]*id="page-older"')


class Card(NamedTuple):
    """What the call card shows: the call, its state, and the state of its transfer; "" where there is none."""

    call_uuid: str
    call_state: str
    transfer_state: str


class Client:
    """A signed-in user. Every form that is submitted and every state that is read goes into the history."""

    def __init__(self, *, name: str, web_url: str, history: History) -> None:
        self.name = name
        self.history = history
        self.session = HttpSession(web_url)

    def request_transfer(
        self, *, call_uuid: str, destination: str, request_key: str, is_htmx: bool = True
    ) -> Submission:
        """Submit the transfer form once."""
        fields = {"destination_type": "EXTERNALNUMBER", "destination": destination, "request_key": request_key}
        started_at = time.monotonic()
        answer = self.session.post(f"/calls/{call_uuid}/transfer/", fields, is_htmx=is_htmx)
        submission = Submission(
            user=self.name,
            call_uuid=call_uuid,
            destination=destination,
            request_key=request_key,
            started_at=started_at,
            ended_at=time.monotonic(),
            status=answer.status_code if answer is not None else None,
            transfer_id=_transfer_named_in(answer) if answer is not None else None,
            obstacle=_obstacle(answer) if answer is not None else "",
        )
        self.history.add(submission)
        return submission

    def send_now(self, transfer_id: int) -> None:
        """Press "Send now"."""
        self.session.post(f"/transfers/{transfer_id}/send/", {}, is_htmx=True)

    def cancel(self, transfer_id: int) -> None:
        """Press "Undo", and read on the transfer's page whether it was in time."""
        self.session.post(f"/transfers/{transfer_id}/cancel/", {}, is_htmx=False)
        self.read_detail(transfer_id)

    def answer_question(self, transfer_id: int, *, is_still_here: bool, page: str) -> str:
        """Answer on the card or the detail page whether the caller is still there; return the state shown then."""
        fields = {"caller_still_here": "yes" if is_still_here else "no"}
        answer = self.session.post(f"/transfers/{transfer_id}/resolve/", fields, is_htmx=page == "card")
        if page == "card":
            return self._record_card(answer.text).transfer_state if answer and answer.status_code == 200 else ""
        return self.read_detail(transfer_id)

    def read_card(self) -> Card | None:
        """Fetch the card of the user's own call; return None when it could not be read."""
        page = self.session.read("/board/call-card/", is_htmx=True)
        return self._record_card(page) if page else None

    def sees_connected_call(self, call_uuid: str) -> bool:
        """Return whether the card shows this call as connected."""
        card = self.read_card()
        return card is not None and (card.call_uuid, card.call_state) == (call_uuid, "connected")

    def read_detail(self, transfer_id: int) -> str:
        """Fetch the detail page of a transfer; return the state it shows, "" when it could not be read."""
        chip = _CHIP.search(self.session.read(f"/transfers/{transfer_id}/"))
        if chip:
            self._record("detail page", chip[1], transfer_id=transfer_id)
        return chip[1] if chip else ""

    def read_history(self) -> None:
        """Read all pages of the list of transfers, from the newest to the oldest."""
        path = "/transfers/"
        while path:
            page = self.session.read(path)
            for state, transfer_id in _ROW.findall(page):
                self._record("history", state, transfer_id=int(transfer_id))
            older = _OLDER.search(page)
            path = (older[1] or older[2]).replace("&amp;", "&") if older else ""

    def _record_card(self, page: str) -> Card:
        call, state = _CALL.search(page), _STATE.search(page)
        if call is None:
            return Card("", "", "")
        if state is not None:
            form = _OWN_FORM.search(page[state.start() :])
            self._record("card", state[1], call_uuid=call[1], transfer_id=int(form[1]) if form else None)
        return Card(call[1], call[2], state[1] if state else "")

    def _record(self, page: str, state: str, *, call_uuid: str = "", transfer_id: int | None = None) -> None:
        self.history.add(
            DisplayedState(
                at=time.monotonic(),
                page=page,
                user=self.name,
                state=state,
                call_uuid=call_uuid,
                transfer_id=transfer_id,
            )
        )


def _obstacle(answer: httpx.Response) -> str:
    """Return why the page says that nothing is sent now: "stopped" or "paused"; "" when it does not."""
    match = _OBSTACLE.search(answer.text) if answer.status_code >= 400 else None
    return match[1] if match else ""


def _transfer_named_in(answer: httpx.Response) -> int | None:
    if answer.status_code == 303:
        match = _DETAIL.search(answer.headers.get("Location", ""))
        return int(match[1]) if match else None
    for header in ("HX-Trigger", "HX-Trigger-After-Swap", "HX-Trigger-After-Settle"):
        with contextlib.suppress(ValueError, KeyError, TypeError):
            return int(json.loads(answer.headers.get(header, ""))["transfer-requested"]["transferId"])
    return None
