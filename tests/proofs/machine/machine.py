"""What may happen next, in any order. What TENIOS reports is true, but may come late or never.

All acts stand behind one rule of Hypothesis: it would leave out about half of many rules in each run, and nothing
happens in a run without requests or without workers. So acts can also be more or less likely.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from django.test import override_settings
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.posts import apply_post
from tests.proofs.machine.actors import stop
from tests.proofs.machine.fake_tenios import BEHAVIOURS, Leg
from tests.proofs.machine.run import NoPool, Run
from transfers.lifecycle import actions, execution, outcomes, requests, sweeper, transferable
from transfers.models import OPEN_STATES, Transfer, User

Thing = TypeVar("Thing")

MOST_ACTORS = 5
DESTINATIONS = ("clara", "clara", "clara", "danilo")
LIKELY_BEHAVIOURS = ("accepts", "accepts", "accepts", "answer lost, moved", *BEHAVIOURS)
SECONDS = (3.2, 11.0, 0.3, 1.5, 4.4, 6.5, 8.2)


class TransferMachine(Run):
    """Two agents, a supervisor, workers, sweepers, and TENIOS."""

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        """Draw one of the actions that are possible now, and run it."""
        self._data = data
        likely = [act for act in ACTS for _ in range(act.weight) if act.is_possible(self)]
        self.draw(likely).do(self)
        self.let_pass(seconds=0.007)
        self.counted["acts"] += 1

    def draw(self, things: Sequence[Thing]) -> Thing:
        """Draw one of the things."""
        return self._data.draw(st.sampled_from(things))

    # --- people ----------------------------------------------------------------------------------------------------

    def person_requests(self) -> None:
        """Usually a new form, sometimes one that was sent before."""
        ada, ben, sue = self.people
        form = self.draw((True, True, True, False)) and len(self.transfers)
        act = partial(
            requests.request_transfer,
            user=self.draw((sue, ada, ada, ada, sue, ben)),
            call_uuid=self.draw((self.calls[-1], self.calls[-1], self.calls[0])).call_uuid,
            destination_type="sip_user",
            address=self.draw(DESTINATIONS),
            note="",
            request_key=uuid.UUID(int=form),
        )
        with override_settings(TRANSFER_UNDO_SECONDS=self.draw((0, 0, 3))):
            self.begin("request", act)

    def agent_sends_now(self) -> None:
        transfer = self.draw(self.in_state("requested"))
        hurry = partial(actions.send_transfer_now, user=self._agent(transfer), transfer_id=transfer.pk)
        self.begin("hurry", hurry)

    def agent_takes_back(self) -> None:
        transfer = self.draw(self.in_state("requested", "sending"))
        cancel = partial(actions.cancel_transfer, user=self._agent(transfer), transfer_id=transfer.pk)
        self.begin("cancel", cancel)

    def person_answers_the_question(self) -> None:
        """The answer is always true."""
        transfer = self.draw(self.in_state("unknown", "sending"))
        resolve = partial(
            actions.resolve_transfer,
            user=self.draw((self._agent(transfer), self.people[2])),
            transfer_id=transfer.pk,
            is_caller_still_here=self._is_caller_still_here(transfer),
        )
        self.begin("resolve", resolve)

    def account_is_closed_or_all_are_opened(self) -> None:
        User.objects.filter(pk__in=[person.pk for person in self.people]).update(is_active=True)
        closed = self.draw((None, None, None, *self.people[:2]))
        if closed is not None:
            User.objects.filter(pk=closed.pk).update(is_active=False)

    # --- our processes ---------------------------------------------------------------------------------------------

    def message_reaches_a_worker(self) -> None:
        """The message is new, late or repeated. The worker runs to its first, second or third stop, or to its end."""
        transfer = self.draw(self.in_state("requested") + self.transfers[-1:])
        client = self.tenios.client(transfer.pk, BEHAVIOURS[self.draw(LIKELY_BEHAVIOURS)], on_its_way=stop)
        send = partial(execution.execute_transfer, transfer.pk, actor="worker", client=client)
        self.begin("send", send, stops=self.draw((0, 1, 2, 9)))

    def sweeper_looks(self) -> None:
        self.begin("sweep", partial(sweeper.sweep_once, NoPool()))  # type: ignore[arg-type]

    def records_are_read(self) -> None:
        """A leg may be missing; then the records say that they are incomplete."""
        transfer = self.draw(self.in_state("accepted", "unknown"))
        legs = self.tenios.records(transfer.call.call_uuid)
        left_out = self.draw((None, *legs))
        read = [leg for leg in legs if leg is not left_out]
        self.begin("records", partial(outcomes.settle_from_legs, transfer, read, is_whole=left_out is None))

    def somebody_goes_on(self) -> None:
        self.go_on(self.draw(self.actors))

    def somebody_dies(self) -> None:
        actor = self.draw(self.actors)
        self.actors.remove(actor)
        actor.die()

    # --- the world -------------------------------------------------------------------------------------------------

    def another_caller_comes(self) -> None:
        self.begin_call()

    def time_passes(self) -> None:
        self.let_pass(seconds=self.draw(SECONDS))

    def minutes_pass(self) -> None:
        """Enough minutes that the records of an ended call are complete."""
        self.let_pass(seconds=130.0)

    def caller_hangs_up(self) -> None:
        self.tenios.hang_up(self.draw(self.tenios.running))

    def post_says_that_the_call_is_over(self) -> None:
        self._post("CALL_END", self.draw(list(self.tenios.ended_at)))

    def post_says_that_it_rings(self) -> None:
        leg = self.draw(self.untold_legs())
        leg.is_told = True
        self._post("INITIATE_FORWARD", leg.call_uuid, self.draw((leg.destination, "")))

    def destination_answers(self) -> None:
        self.draw(self.ringing_legs()).answered_at = timezone.now()

    def post_says_that_it_was_answered(self) -> None:
        leg = self.draw(self.answered_legs())
        self._post("FORWARD_ANSWER", leg.call_uuid, self.draw((leg.destination, "")))

    def destination_does_not_answer(self) -> None:
        """The agent gets the caller back. A post may report it."""
        leg = self.draw(self.ringing_legs())
        leg.ended_at = timezone.now()
        if self.draw((True, False)):
            self._post("INITIATE_FORWARD", leg.call_uuid, "phone.of.the.agent")

    # --- conditions -----------------------------------------------------------------------------------------

    def is_a_call_free(self) -> bool:
        """Tell whether a request can succeed: a call is running without an open transfer."""
        just_now = self.clock.now - transferable.ACCEPTED_BLOCKS_FOR
        fresh = [each for each in self.in_state("accepted") if each.accepted_at and each.accepted_at > just_now]
        held = {each.call.call_uuid for each in [*self.in_state(*OPEN_STATES), *fresh]}
        return not held.issuperset(self.tenios.running)

    def ringing_legs(self) -> list[Leg]:
        return [leg for leg in self.tenios.legs if leg.ended_at is None and leg.answered_at is None]

    def answered_legs(self) -> list[Leg]:
        return [leg for leg in self.tenios.legs if leg.ended_at is None and leg.answered_at is not None]

    def untold_legs(self) -> list[Leg]:
        """Ringing legs without a post. A post is lost if the next request of its call comes first."""
        latest = {each.call.call_uuid: each.pk for each in self.transfers if each.sent_at}
        return [leg for leg in self.ringing_legs() if not leg.is_told and latest[leg.call_uuid] == leg.transfer_id]

    def _agent(self, transfer: Transfer) -> User:
        return next(person for person in self.people if person.pk == transfer.agent_id)

    def _is_caller_still_here(self, transfer: Transfer) -> bool:
        call_uuid = transfer.call.call_uuid
        is_elsewhere = any(leg.call_uuid == call_uuid and leg.ended_at is None for leg in self.tenios.legs)
        return call_uuid in self.tenios.running and not is_elsewhere

    def _post(self, request_type: str, call_uuid: str, target: str = "") -> None:
        if target:
            apply_post(request_type, call_uuid=call_uuid, forward_destination=target)
        else:
            apply_post(request_type, call_uuid=call_uuid)
        self.look()


@dataclass(frozen=True)
class Act:
    """One action: its weight, and when it is possible."""

    do: Callable[[TransferMachine], None]
    weight: int
    is_possible: Callable[[TransferMachine], object]

    def _repr_pretty_(self, printer: Any, _is_cycle: bool) -> None:
        printer.text(self.do.__name__)


def _is_room(run: TransferMachine) -> bool:
    return len(run.actors) < MOST_ACTORS


def _has(*states: str) -> Callable[[TransferMachine], bool]:
    return lambda run: _is_room(run) and bool(run.in_state(*states))


_T = TransferMachine
# Hypothesis draws the first entries more often than their weights say: the actions that advance a transfer are first.
ACTS = [
    Act(_T.somebody_goes_on, 30, lambda run: run.actors),
    Act(_T.message_reaches_a_worker, 50, _has("requested")),
    Act(_T.person_answers_the_question, 24, _has("unknown")),
    Act(_T.person_requests, 30, lambda run: _is_room(run) and run.is_a_call_free()),
    Act(_T.post_says_that_it_rings, 24, _T.untold_legs),
    Act(_T.destination_answers, 16, _T.ringing_legs),
    Act(_T.destination_does_not_answer, 16, _T.ringing_legs),
    Act(_T.post_says_that_it_was_answered, 8, _T.answered_legs),
    Act(_T.records_are_read, 16, _has("accepted", "unknown")),
    Act(_T.time_passes, 14, lambda _run: True),
    Act(_T.minutes_pass, 8, lambda run: run.tenios.ended_at),
    Act(_T.sweeper_looks, 2, _is_room),
    Act(_T.sweeper_looks, 6, _has("requested", "sending")),
    Act(_T.somebody_dies, 4, lambda run: run.actors),
    Act(_T.agent_sends_now, 4, _has("requested")),
    Act(_T.agent_takes_back, 2, _has("requested", "sending")),
    Act(_T.another_caller_comes, 30, lambda run: not run.tenios.running),
    Act(_T.caller_hangs_up, 2, lambda run: run.tenios.running),
    Act(_T.post_says_that_the_call_is_over, 4, lambda run: run.tenios.ended_at),
    Act(_T.person_requests, 1, _is_room),
    Act(_T.person_answers_the_question, 1, _has("sending")),
    Act(_T.message_reaches_a_worker, 2, lambda run: _is_room(run) and run.transfers),
    Act(_T.account_is_closed_or_all_are_opened, 1, lambda _run: True),
]
