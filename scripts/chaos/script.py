"""What is going to happen, drawn from the seed before anything starts: the forms of the agents.

The seed fixes who asks for what when, and what the nemesis does; the machine's own timing it cannot fix.
"""

import random
from dataclasses import dataclass

MOST_TRANSFERS = 3000
"""Each has three numbers of the range +49 221 4710 that the Bundesnetzagentur keeps free for fiction."""

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
"""How often each way of the simulator to answer is drawn, as weights: four answers in ten are no plain success."""

_LEGS = {"answered": 7, "busy": 1, "no_answer": 1, "rejected": 1, "caller_hangs_up": 1}


@dataclass(frozen=True, kw_only=True)
class Script:
    """One agent's dealings with one call. Times are seconds after the form was posted.

    `second_click_after` posts the same form again; `rival` is another person who asks for the same call at the same
    time; `follow` is what the agent does next; `is_retried` asks for another destination where the first was refused;
    `is_patient` leaves the caller on the line until it is known whether somebody answered; `says_on` is the page on
    which the agent answers whether the caller is still there, where nobody knows ("" never).
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
    says_on: str

    def destination(self, form: int) -> str:
        """Return the number (E.164) of the script's first, second or third form: 0, 1, 2."""
        return f"+492214710{_FIRST_NUMBER + 3 * self.number + form:04d}"


def draw_scripts(*, seed: int, count: int) -> list[Script]:
    """Return the forms of a run; the same seed gives the same ones."""
    rng = random.Random(f"forms {seed}")  # noqa: S311 - repeatable is what it is for
    return [_draw(rng, number) for number in range(count)]


def _draw(rng: random.Random, number: int) -> Script:
    return Script(
        number=number,
        behaviour=rng.choices(list(BEHAVIOURS), weights=list(BEHAVIOURS.values()))[0],
        slow_seconds=rng.choice((1.0, 3.0, 8.0)),
        leg=rng.choices(list(_LEGS), weights=list(_LEGS.values()))[0],
        ring_seconds=rng.uniform(0.2, 1.5),
        is_htmx=rng.random() < 0.8,
        second_click_after=rng.choice((0.0, 0.02, 0.3, 1.0)) if rng.random() < 0.25 else None,
        rival=rng.choice(("supervisor", "stranger")) if rng.random() < 0.2 else "",
        rival_after=rng.choice((0.0, 0.01, 0.2, 1.0)),
        follow=rng.choices(("", "hurry", "cancel"), weights=(6, 2, 2))[0],
        follow_after=rng.uniform(0.0, 0.6),
        is_retried=rng.random() < 0.4,
        is_patient=rng.random() < 0.7,
        says_on=rng.choices(("card", "detail page", ""), weights=(4, 2, 4))[0],
    )
