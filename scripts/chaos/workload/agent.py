"""One agent: takes a call, requests its transfer as the scenario says, and reads the card until it has an outcome."""

import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from scripts.chaos.final_state import UNDER_WAY
from scripts.chaos.history import Submission
from scripts.chaos.simulator import Simulator
from scripts.chaos.state_watch import LatestStates
from scripts.chaos.workload.arriving_call import take_call, try_request
from scripts.chaos.workload.caller_question import answer_caller_question
from scripts.chaos.workload.client import Client
from scripts.chaos.workload.scenario import Scenario

REFRESH_SECONDS = 1.5
"""How long after the last time the card is fetched without a change, as the product's own card does."""

READ_SECONDS = 20.0
ANSWER_SECONDS = 4.0
MOST_SUBMISSIONS = 4
_REFUSED = ("rejected", "not_sent", "expired", "not_executed")


class Agent:
    """An agent with their client, the simulator that calls them, the other users who may want the same call by role."""

    def __init__(
        self, *, client: Client, others: Mapping[str, Client], simulator: Simulator, latest: LatestStates
    ) -> None:
        self._client = client
        self._others = others
        self._simulator = simulator
        self._latest = latest

    def play(self, scenario: Scenario) -> bool:
        """Play one scenario. Return False when no call arrived."""
        call_uuid = take_call(self._client, self._simulator, self._latest)
        if call_uuid is None:
            return False
        self._play(scenario, call_uuid)
        try_request(partial(self._simulator.hang_up, call_uuid))
        return True

    def _play(self, scenario: Scenario, call_uuid: str) -> None:
        self._order_behaviour(scenario, call_uuid)
        with ThreadPoolExecutor(max_workers=3, thread_name_prefix=self._client.name) as pool:
            first = pool.submit(self._request, scenario, call_uuid)
            if scenario.rival:
                pool.submit(self._request_as_rival, scenario, call_uuid)
            submission = first.result()
            state = self._read_until_known(submission)
        if scenario.is_patient and state == "accepted":
            self._latest.wait_for_change(submission.transfer_id, state, seconds=ANSWER_SECONDS)
            self._client.read_card()
        if scenario.answers_on and state == "unknown":
            page = scenario.answers_on
            state = answer_caller_question(self._client, submission, page=page, simulator=self._simulator)
        if scenario.is_retried and state in _REFUSED:
            self._read_until_known(self._submit(call_uuid, scenario.destination(2), str(uuid.uuid4()), is_htmx=True))

    def _order_behaviour(self, scenario: Scenario, call_uuid: str) -> None:
        order = partial(
            self._simulator.order_transfer,
            answer=scenario.behaviour,
            leg=scenario.leg,
            ring_seconds=scenario.ring_seconds,
            seconds=scenario.slow_seconds,
            call_uuid=call_uuid,
        )
        try_request(order)

    def _request(self, scenario: Scenario, call_uuid: str) -> Submission:
        destination, key = scenario.destination(0), str(uuid.uuid4())
        with ThreadPoolExecutor(max_workers=1) as pool:
            if scenario.second_click_after is not None:
                again = partial(self._client.request_transfer, is_htmx=scenario.is_htmx)
                pool.submit(
                    _submit_later,
                    scenario.second_click_after,
                    partial(again, call_uuid=call_uuid, destination=destination, request_key=key),
                )
            submission = self._submit(call_uuid, destination, key, is_htmx=scenario.is_htmx)
            if submission.transfer_id is not None and scenario.follow:
                time.sleep(scenario.follow_after)
                follow = self._client.send_now if scenario.follow == "send_now" else self._client.cancel
                follow(submission.transfer_id)
        return submission

    def _request_as_rival(self, scenario: Scenario, call_uuid: str) -> None:
        request = partial(self._others[scenario.rival].request_transfer, is_htmx=True)
        key = str(uuid.uuid4())
        _submit_later(
            scenario.rival_after,
            partial(request, call_uuid=call_uuid, destination=scenario.destination(1), request_key=key),
        )

    def _submit(self, call_uuid: str, destination: str, key: str, *, is_htmx: bool) -> Submission:
        """Submit the form. After no answer, an error page or "not now" submit the same form again, as people do."""
        for attempt in range(MOST_SUBMISSIONS):
            submission = self._client.request_transfer(
                call_uuid=call_uuid, destination=destination, request_key=key, is_htmx=is_htmx
            )
            if submission.status is not None and submission.status < 500 and not submission.obstacle:
                break
            time.sleep(1 + attempt)
        return submission

    def _read_until_known(self, submission: Submission) -> str:
        """Read the card until it shows the outcome or another call; return the last state shown."""
        if not submission.is_accepted:
            return ""
        deadline, state = time.monotonic() + READ_SECONDS, ""
        while time.monotonic() < deadline:
            stored = self._latest.state_of(submission.transfer_id)
            card = self._client.read_card()
            if card is not None and card.call_uuid != submission.call_uuid:
                return state
            state = card.transfer_state if card is not None else state
            if card is not None and state not in UNDER_WAY:
                return state
            self._latest.wait_for_change(submission.transfer_id, stored, seconds=REFRESH_SECONDS)
        return state


def _submit_later(seconds: float, submit: Callable[[], Submission]) -> None:
    time.sleep(seconds)
    submit()
