"""The doors to the exchange: calls come in, callers hang up, calls are transferred. Safe to call from any thread."""

from django.utils.translation import gettext as _

from . import fiction, routing_plan, transfer_plan
from .calls import INBOUND, LEG_TYPES, Call, Leg
from .exchange import Exchange

MOST_CALLS = 5000


class CallNotRunning(LookupError):
    """There is no running call of this id."""


class TooManyCalls(RuntimeError):
    """The world is full: MOST_CALLS run already."""


class World(Exchange):
    """One TENIOS account with everything that goes on in it."""

    def live_calls(self) -> list[Call]:
        """Return the running calls, oldest first."""
        with self.lock:
            return list(self.calls.values())

    def find_call(self, call_uuid: str) -> Call | None:
        """Return the running call of exactly this id (spelling included), if there is one."""
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
        """Let a call come in for `agent`: at once up to the connected talk, or at human pace (`answered` false).

        Numbers are E.164, `caller` may be "anonymous"; what is left out is drawn. `talk_seconds` None: until hung up.
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
        """Let the caller hang up (CallNotRunning)."""
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
        """Drop the leg the caller talks to and ring the destination; returns the new leg.

        `outcome` is one of options.LEG_OUTCOMES, None for the destination's rule, else chance. The call must be
        transferable. A destination that is still ringing from an earlier transfer is given up.
        """
        with self.lock:
            self.end_current_leg(call)
            call.state = "transferring"
            leg = self.start_leg(call, call_type=LEG_TYPES[destination_type], destination=destination)
            self.counters["transfers"] += 1
            if self.options.call_end_after_transfer == "at_once":
                self.post_plan_end(call)
            fate = transfer_plan.decide_fate(
                self, call, destination_type=destination_type, outcome=outcome, ring_seconds=ring_seconds
            )
            self.run_plan(call, transfer_plan.transferred_call(self, call, leg, fate))
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
