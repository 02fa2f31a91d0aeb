"""The scenarios that agents play, drawn from the seed before the run starts.

The seed fixes who requests what and when, and which faults are injected. It cannot fix the timing of the machine.
"""

import random
from dataclasses import dataclass

MOST_SCENARIOS = 3000
"""Each has three numbers of the range +49 221 4710 that the Bundesnetzagentur reserves for fiction."""

_FIRST_NUMBER = 1000

BEHAVIOURS = {
    "normal": 62.0,
    **dict.fromkeys(("drop", "drop_acted", "http_500", "http_500_acted", "slow", "slow_acts_late"), 3),
    **dict.fromkeys(("garbage_acted", "cut_off", "cut_off_acted", "slow_not_acted"), 2),
    **dict.fromkeys(("call_uuid_not_found", "made_up_code", "doubled_brace", "http_404", "http_429"), 1),
    **dict.fromkeys(("success_string", "success_false", "accepted_not_acted", "http_201_acted", "redirect_302"), 1),
    **dict.fromkeys(("http_408", "http_408_acted", "http_503", "garbage", "empty", "empty_acted"), 1),
    **dict.fromkeys(("huge", "huge_acted", "drip", "drip_acted"), 1),
    **dict.fromkeys(("invalid_value", "invalid_field", "invalid_json"), 0.7),
    **dict.fromkeys(("bad_key_403", "bad_credentials_400", "unauthorized_401"), 0.4),
}
"""The weight of each of the simulator's behaviours: four answers in ten are no plain success."""

_LEGS = {"answered": 7, "busy": 1, "no_answer": 1, "rejected": 1, "caller_hangs_up": 1}


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What happens to one call. Times are seconds after the form was submitted.

    - behaviour, slow_seconds, leg, ring_seconds: how the simulator answers, and what the destination does.
    - second_click_after: when the same form is submitted again; None never.
    - rival: another user who requests a transfer of the same call ("supervisor", "stranger", "" nobody).
    - follow: what the agent does next: "send_now", "cancel", "" nothing.
    - is_retried: whether the agent requests another destination after a refusal.
    - is_patient: whether the agent keeps the call until it is known whether the destination answered.
    - answers_on: the page where the agent says, after an unknown outcome, whether the caller is still there; "" none.
    """

    number: int
    behaviour: str
    slow_seconds: float
    leg: str
    ring_seconds: float
    is_htmx: bool
    second_click_after: float | None
    rival: str
    rival_after: float
    follow: str
    follow_after: float
    is_retried: bool
    is_patient: bool
    answers_on: str

    def destination(self, form: int) -> str:
        """Return the number (E.164) that form 0, 1 or 2 of the scenario requests."""
        return f"+492214710{_FIRST_NUMBER + 3 * self.number + form:04d}"


def draw_scenarios(*, seed: int, count: int) -> list[Scenario]:
    """Return the scenarios of a run; the same seed gives the same scenarios."""
    rng = random.Random(f"forms {seed}")  # noqa: S311 - it must be repeatable
    return [_draw_scenario(rng, number) for number in range(count)]


def _draw_scenario(rng: random.Random, number: int) -> Scenario:
    return Scenario(
        number=number,
        behaviour=rng.choices(list(BEHAVIOURS), weights=list(BEHAVIOURS.values()))[0],
        slow_seconds=rng.choice((1.0, 3.0, 8.0)),
        leg=rng.choices(list(_LEGS), weights=list(_LEGS.values()))[0],
        ring_seconds=rng.uniform(0.2, 1.5),
        is_htmx=rng.random() < 0.8,
        second_click_after=rng.choice((0.0, 0.02, 0.3, 1.0)) if rng.random() < 0.25 else None,
        rival=rng.choice(("supervisor", "stranger")) if rng.random() < 0.2 else "",
        rival_after=rng.choice((0.0, 0.01, 0.2, 1.0)),
        follow=rng.choices(("", "send_now", "cancel"), weights=(6, 2, 2))[0],
        follow_after=rng.uniform(0.0, 0.6),
        is_retried=rng.random() < 0.4,
        is_patient=rng.random() < 0.7,
        answers_on=rng.choices(("card", "detail page", ""), weights=(4, 2, 4))[0],
    )
