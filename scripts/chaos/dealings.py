"""One agent and one call: take it, ask for its transfer as the script says, read the screen until it knows."""

import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import httpx

from scripts.chaos.case import UNTOLD
from scripts.chaos.history import Post
from scripts.chaos.person import Person
from scripts.chaos.script import Script
from scripts.chaos.tenios import Simulator
from scripts.chaos.watch import News
from scripts.chaos.words import settle_by_word
from scripts.net import wait_until

LOST_AFTER_SECONDS = 6.0
"""How long an agent waits for a call to appear; its post may be lost on a database or a web process that was away."""

CONNECTED_SECONDS = 15.0

LOOK_AGAIN_SECONDS = 1.5
"""How long after the last look the card is fetched without news, as the product's own card does."""

READ_SECONDS = 20.0
PATIENCE_SECONDS = 4.0
CLICKS_AFTER_AN_ERROR = 4
_REFUSED = ("rejected", "not_sent", "expired", "not_executed")

Result = TypeVar("Result")


class Dealings:
    """An agent, the simulator that calls them, by their role the others who may want the same call, and the news."""

    def __init__(self, *, agent: Person, others: Mapping[str, Person], simulator: Simulator, news: News) -> None:
        self._agent = agent
        self._others = others
        self._simulator = simulator
        self._news = news

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
        for _attempt in range(2):
            call_uuid = self._try(partial(self._simulator.start_call, self._agent.name))
            if call_uuid and self._sees_call(call_uuid):
                return call_uuid
            if call_uuid:
                self._try(partial(self._simulator.hang_up, call_uuid))
        return None

    def _sees_call(self, call_uuid: str) -> bool:
        news = self._news
        return (
            news.wait_for(lambda: news.call_state(call_uuid) != "", seconds=LOST_AFTER_SECONDS)
            and news.wait_for(lambda: news.call_state(call_uuid) == "connected", seconds=CONNECTED_SECONDS)
            and wait_until(partial(_shows, self._agent, call_uuid), seconds=5, interval=0.5)
        )

    def _play(self, script: Script, call_uuid: str) -> None:
        order: dict[str, Any] = {
            "leg": script.leg,
            "ring_seconds": script.ring_seconds,
            "seconds": script.slow_seconds,
            "call_uuid": call_uuid,
        }
        self._try(lambda: self._simulator.order_transfer(answer=script.behaviour, **order))
        with ThreadPoolExecutor(max_workers=3, thread_name_prefix=self._agent.name) as hands:
            first = hands.submit(self._ask, script, call_uuid)
            if script.rival:
                hands.submit(self._ask_as_rival, script, call_uuid)
            post = first.result()
            state = self._read_until_told(post)
        if script.is_patient and state == "accepted":
            self._news.wait_for_change(post.transfer_id, state, seconds=PATIENCE_SECONDS)
            self._agent.read_card()
        if script.says_on and state == "unknown":
            state = settle_by_word(self._agent, post, page=script.says_on, simulator=self._simulator)
        if script.is_retried and state in _REFUSED:
            again = self._click(call_uuid, script.destination(2), str(uuid.uuid4()), is_htmx=True)
            self._read_until_told(again)

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
        """Post the form; after an error page, none, or "not now", do as people do: click again, with the same form."""
        for attempt in range(CLICKS_AFTER_AN_ERROR):
            post = self._agent.request_transfer(
                call_uuid=call_uuid, destination=destination, request_key=key, is_htmx=is_htmx
            )
            if post.status is not None and post.status < 500 and not post.told:
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

    def _read_until_told(self, post: Post) -> str:
        """Read the card until it says how the transfer ended, or the call has left it; return the last state read."""
        if not post.is_accepted:
            return ""
        deadline, state = time.monotonic() + READ_SECONDS, ""
        while time.monotonic() < deadline:
            known = self._news.state_of(post.transfer_id)
            card = self._agent.read_card()
            if card is not None and card.call_uuid != post.call_uuid:
                return state
            state = card.transfer_state if card is not None else state
            if card is not None and state not in UNTOLD:
                return state
            self._news.wait_for_change(post.transfer_id, known, seconds=LOOK_AGAIN_SECONDS)
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
