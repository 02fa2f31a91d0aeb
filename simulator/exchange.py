"""The steps of a call: legs start, are answered and end, plans continue, events are posted.

No sockets and no waiting: time comes from a scheduler, chance from a `random.Random`, and posts go to a function.
Callers of these methods must have taken `lock`.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable, Collection
from uuid import UUID, uuid4

from . import fiction
from .call_records import CallRecords
from .calls import Call, Leg, Plan
from .event_channel import EventChannel, PostEvent, build_payload
from .options import Options
from .scheduling import Scheduler


class Exchange:
    """The running calls by `call_uuid`, the records of ended legs, and counters of calls, transfers and posts."""

    def __init__(
        self,
        *,
        scheduler: Scheduler,
        rng: random.Random,
        post_event: PostEvent,
        options: Options | None = None,
        event_key: str = "",
        agents: Collection[str] = ("ada", "ben"),
        new_uuid: Callable[[], UUID] = uuid4,
    ) -> None:
        self.scheduler = scheduler
        self.rng = rng
        self.options = options or Options()
        self.agents = tuple(agents)
        self.sip_users = tuple(dict.fromkeys((*self.agents, *fiction.COLLEAGUES, *fiction.SPECIALISTS)))
        self.sip_trunks = fiction.SIP_TRUNKS
        self.records = CallRecords()
        self.counters: Counter[str] = Counter()
        self.lock = threading.RLock()
        self.calls: dict[str, Call] = {}
        self._channel = EventChannel(scheduler=scheduler, rng=rng, options=self.options, post_event=post_event)
        self._event_key = event_key
        self._new_uuid = new_uuid

    def free_sip_users(self, candidates: Collection[str], *, besides: Call | None = None) -> list[str]:
        """Return the candidates who are in no call and are not being called; the call `besides` does not count."""
        calls = [call for call in self.calls.values() if call is not besides]
        occupied = {user for call in calls for user in call.occupied_sip_users}
        return [user for user in candidates if user not in occupied]

    def run_plan(self, call: Call, plan: Plan) -> None:
        """Replace the plan of a call, and run its first steps."""
        call.stop_plan()
        call.plan = plan
        self._continue_plan(call, plan)

    def post(self, call: Call, request_type: str, *, block_type: str | None = None, leg: Leg | None = None) -> None:
        """Post an event with the variables of page api-call-posts; `leg` is the leg of a forward."""
        variables = {
            "destination_number": call.inbound.destination,
            "correlation_id": call.call_uuid,
            "call_uuid": call.call_uuid,
            "caller_id_number": call.inbound.caller_number,
            **call.variables,
            **(self._forward_variables(leg) if leg else {}),
        }
        self.counters["posts"] += 1
        self._channel.send(
            build_payload(
                request_type=request_type,
                customer_number=fiction.CUSTOMER_NUMBER,
                access_key=self._event_key,
                variables=variables,
                block_type=block_type,
            )
        )

    def post_plan_end(self, call: Call) -> None:
        """Post CALL_END: the routing plan has ended. Only the first call of this does so."""
        if not call.has_posted_end:
            call.has_posted_end = True
            self.post(call, "CALL_END")

    def start_leg(self, call: Call, *, call_type: str, destination: str) -> Leg:
        """Start to ring `destination` for a call."""
        call.current_leg = Leg(
            uuid=self.new_id(),
            call_uuid=call.call_uuid,
            call_type=call_type,
            caller_number=call.inbound.caller_number,
            destination=destination,
            started_at=self.scheduler.utc_now(),
        )
        return call.current_leg

    def answer_leg(self, call: Call, leg: Leg) -> None:
        """Connect the caller with the destination of the leg."""
        leg.answered_at = self.scheduler.utc_now()
        leg.bleg_uuid, call.inbound.bleg_uuid = call.inbound.uuid, leg.uuid
        call.connected_at = leg.answered_at

    def end_current_leg(self, call: Call, *, cause: str | None = None) -> None:
        """End the current leg. Without a cause: a normal end if it was answered, else the cause of a cancelled call."""
        leg, call.current_leg = call.current_leg, None
        if leg is not None:
            self._record(leg, cause=cause or ("NORMAL_CLEARING" if leg.answered_at else "ORIGINATOR_CANCEL"))

    def end_call(self, call: Call, *, cause: str) -> None:
        """End the call with all its legs, and post CALL_END unless it was posted before."""
        call.stop_plan()
        self.end_current_leg(call)
        call.state = "ended"
        self._record(call.inbound, cause=cause)
        self.calls.pop(call.call_uuid, None)
        self.post_plan_end(call)

    def new_id(self) -> str:
        """Return a new id in the form of a UUID."""
        return str(self._new_uuid())

    def _continue_plan(self, call: Call, plan: Plan) -> None:
        with self.lock:
            delay: float | None = 0.0
            while delay == 0.0 and call.plan is plan:
                delay = next(plan, None)
            if call.plan is not plan:
                plan.close()
            elif delay is not None:
                call.timer = self.scheduler.call_later(delay, lambda: self._continue_plan(call, plan))

    def _record(self, leg: Leg, *, cause: str) -> None:
        leg.ended_at, leg.hangup_cause = self.scheduler.utc_now(), cause
        self.records.add(leg, visible_from=self.scheduler.monotonic() + self.options.cdr_delay_seconds)

    def _forward_variables(self, leg: Leg) -> dict[str, str]:
        variables = {}
        if self.options.forward_destination_number == "target":
            variables["destination_number"] = leg.destination
        if self.options.forward_target_variable:
            variables["forward_destination"] = leg.destination
        if self.options.forward_leg_variable:
            variables["leg_uuid"] = leg.uuid
        return variables
