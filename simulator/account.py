"""The account of a TENIOS customer: calls come in, callers hang up, calls are transferred. Thread-safe."""

from django.utils.translation import gettext as _

from . import fiction, routing_plan, transfer_plan
from .calls import INBOUND, LEG_TYPES, Call, Leg
from .exchange import Exchange

MOST_CALLS = 5000


class CallNotRunning(LookupError):
    """There is no running call with this id."""


class TooManyCalls(RuntimeError):
    """MOST_CALLS calls are running already."""


class Account(Exchange):
    """The public actions of an exchange. Each takes its lock."""

    def live_calls(self) -> list[Call]:
        """Return the running calls, oldest first."""
        with self.lock:
            return list(self.calls.values())

    def find_call(self, call_uuid: str) -> Call | None:
        """Return the running call with exactly this id, upper and lower case included; None if there is none."""
        with self.lock:
            return self.calls.get(call_uuid)

    def start_call(
        self,
        *,
        caller: str | None = None,
        service_number: str | None = None,
        agent: str | None = None,
        answered: bool = True,
        talk_seconds: float | None = None,
        is_traffic: bool = False,
    ) -> Call:
        """Start a call for `agent`: connected at once or, with `answered` false, at the pace of people.

        Numbers are E.164, `caller` may be "anonymous"; what is None is drawn at random. `talk_seconds` None: the call
        lasts until somebody hangs up. Raises TooManyCalls.
        """
        with self.lock:
            if len(self.calls) >= MOST_CALLS:
                raise TooManyCalls(_("%(most)d calls are running already.") % {"most": MOST_CALLS})
            call = Call(
                inbound=self._new_inbound_leg(caller, service_number),
                agent=agent or self.rng.choice(self.agents),
                is_traffic=is_traffic,
                talk_seconds=talk_seconds,
            )
            self.calls[call.call_uuid] = call
            self.counters["calls"] += 1
            self.run_plan(call, routing_plan.incoming_call(self, call, is_at_once=answered))
            return call

    def hang_up(self, call_uuid: str) -> None:
        """Hang up as the caller. Raises CallNotRunning."""
        with self.lock:
            call = self.calls.get(call_uuid)
            if call is None:
                raise CallNotRunning(_("There is no running call “%(call)s”.") % {"call": call_uuid})
            self.end_call(call, cause="NORMAL_CLEARING" if call.inbound.answered_at else "ORIGINATOR_CANCEL")

    def transfer(
        self,
        call: Call,
        *,
        destination_type: str,
        destination: str,
        outcome: str | None = None,
        ring_seconds: float | None = None,
    ) -> Leg:
        """End the current leg of the call, ring the destination, and return the new leg.

        `outcome` is one of options.LEG_OUTCOMES. None: the option `destination_outcomes` decides, else chance. The call
        must be transferable. If a destination still rings from an earlier transfer, it stops.
        """
        with self.lock:
            self.end_current_leg(call)
            call.state = "transferring"
            leg = self.start_leg(call, call_type=LEG_TYPES[destination_type], destination=destination)
            self.counters["transfers"] += 1
            if self.options.call_end_after_transfer == "at_once":
                self.post_plan_end(call)
            result = transfer_plan.decide_ring_result(
                self, call, destination_type=destination_type, outcome=outcome, ring_seconds=ring_seconds
            )
            self.run_plan(call, transfer_plan.transferred_call(self, call, leg, result))
            return leg

    def _new_inbound_leg(self, caller: str | None, service_number: str | None) -> Leg:
        uuid = self.new_id()
        return Leg(
            uuid=uuid,
            call_uuid=uuid,
            call_type=INBOUND,
            caller_number=caller or fiction.draw_caller(self.rng),
            destination=service_number or fiction.draw_service_number(self.rng),
            started_at=self.scheduler.utc_now(),
        )
