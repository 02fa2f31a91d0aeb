"""One agent and one call: take it, ask for its transfer as the script says, read the screen until it knows."""

import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import httpx

from scripts.chaos.browser import Person
from scripts.chaos.case import UNTOLD
from scripts.chaos.history import Post
from scripts.chaos.script import Script
from scripts.chaos.tenios import Simulator
from scripts.net import wait_until

POLL_SECONDS = 0.4
CONNECTED_SECONDS = 8.0
"""How long an agent waits for a call on the card; a post may have been lost on a database that was away."""

READ_SECONDS = 20.0
PATIENCE_SECONDS = 4.0
CLICKS_AFTER_AN_ERROR = 3
_REFUSED = ("rejected", "not_sent", "expired")

Result = TypeVar("Result")


class Dealings:
    """An agent, the simulator that calls them, and by their role the others who may want the same call."""

    def __init__(self, *, agent: Person, others: Mapping[str, Person], simulator: Simulator) -> None:
        self._agent = agent
        self._others = others
        self._simulator = simulator

    def play(self, script: Script) -> bool:
        """Play one script; False when no call came to be."""
        call_uuid = self._take_call()
        if call_uuid is None:
            return False
        self._play(script, call_uuid)
        self._try(partial(self._simulator.hang_up, call_uuid))
        return True

    def _take_call(self) -> str | None:
        """Let calls come in until one stands connected on the agent's card."""
        for _attempt in range(3):
            call_uuid = self._try(partial(self._simulator.start_call, self._agent.name))
            if call_uuid and wait_until(
                partial(_shows, self._agent, call_uuid), seconds=CONNECTED_SECONDS, interval=POLL_SECONDS / 2
            ):
                return call_uuid
            if call_uuid:
                self._try(partial(self._simulator.hang_up, call_uuid))
        return None

    def _play(self, script: Script, call_uuid: str) -> None:
        seconds = 30 if script.behaviour == "http_429" else script.slow_seconds
        order: dict[str, Any] = {
            "leg": script.leg,
            "ring_seconds": script.ring_seconds,
            "seconds": seconds,
            "call_uuid": call_uuid,
        }
        self._try(lambda: self._simulator.order_transfer(answer=script.behaviour, **order))
        with ThreadPoolExecutor(max_workers=3, thread_name_prefix=self._agent.name) as hands:
            first = hands.submit(self._ask, script, call_uuid)
            if script.rival:
                hands.submit(self._ask_as_rival, script, call_uuid)
            state = self._read_until_told(call_uuid, first.result())
        if script.is_patient and state == "accepted":
            wait_until(
                partial(_shows_no_more, self._agent, call_uuid, state), seconds=PATIENCE_SECONDS, interval=POLL_SECONDS
            )
        if script.is_retried and state in _REFUSED:
            again = self._click(call_uuid, script.destination(2), str(uuid.uuid4()), is_htmx=True)
            self._read_until_told(call_uuid, again)

    def _ask(self, script: Script, call_uuid: str) -> Post:
        destination, key = script.destination(0), str(uuid.uuid4())
        with ThreadPoolExecutor(max_workers=1) as second_hand:
            if script.second_click_after is not None:
                second_hand.submit(
                    self._ask_later, script.second_click_after, self._agent, call_uuid, destination, key, script.is_htmx
                )
            post = self._click(call_uuid, destination, key, is_htmx=script.is_htmx)
            if post.transfer_id is not None and script.follow:
                time.sleep(script.follow_after)
                follow = self._agent.hurry if script.follow == "hurry" else self._agent.cancel
                follow(post.transfer_id)
        return post

    def _click(self, call_uuid: str, destination: str, key: str, *, is_htmx: bool) -> Post:
        """Post the form; after an error page, or none, do as people do: click again, with the same form."""
        for attempt in range(CLICKS_AFTER_AN_ERROR):
            post = self._agent.request_transfer(
                call_uuid=call_uuid, destination=destination, request_key=key, is_htmx=is_htmx
            )
            if post.status is not None and post.status < 500:
                break
            time.sleep(1 + attempt)
        return post

    def _ask_later(
        self, seconds: float, person: Person, call_uuid: str, destination: str, key: str, is_htmx: bool
    ) -> None:
        time.sleep(seconds)
        person.request_transfer(call_uuid=call_uuid, destination=destination, request_key=key, is_htmx=is_htmx)

    def _ask_as_rival(self, script: Script, call_uuid: str) -> None:
        rival = self._others[script.rival]
        self._ask_later(script.rival_after, rival, call_uuid, script.destination(1), str(uuid.uuid4()), True)

    def _read_until_told(self, call_uuid: str, post: Post) -> str:
        """Read the card until it says how the transfer ended, or the call has left it; return the last state read."""
        if not post.is_accepted:
            return ""
        deadline, state = time.monotonic() + READ_SECONDS, ""
        while time.monotonic() < deadline:
            card = self._agent.read_card()
            if card is not None and card.call_uuid != call_uuid:
                return state
            state = card.transfer_state if card is not None else state
            if card is not None and state not in UNTOLD:
                return state
            time.sleep(POLL_SECONDS)
        return state

    def _try(self, step: Callable[[], Result]) -> Result | None:
        """Do something to the simulator; frozen it may not answer, and a call may be over."""
        try:
            return step()
        except httpx.HTTPError:
            return None


def _shows(agent: Person, call_uuid: str) -> bool:
    card = agent.read_card()
    return card is not None and (card.call_uuid, card.call_state) == (call_uuid, "connected")


def _shows_no_more(agent: Person, call_uuid: str, state: str) -> bool:
    card = agent.read_card()
    return card is not None and (card.call_uuid, card.transfer_state) != (call_uuid, state)
