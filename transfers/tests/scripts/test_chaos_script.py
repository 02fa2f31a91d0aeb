"""What a seed of `make chaos` fixes, and that its words are those of the product and the simulator."""

from itertools import islice

import pytest

from scripts.chaos.checker import CLEAR_ANSWERS
from scripts.chaos.schedule import SCHEDULE, draw_blows
from scripts.chaos.script import MOST_TRANSFERS, draw_scripts
from transfers.destination_policy import check_destination
from transfers.simulator.behaviours import BEHAVIOURS
from transfers.simulator.options import LEG_OUTCOMES


def test_the_same_seed_asks_for_the_same_and_another_one_does_not() -> None:
    assert draw_scripts(seed=7, count=20) == draw_scripts(seed=7, count=20)
    assert draw_scripts(seed=7, count=20) != draw_scripts(seed=8, count=20)


@pytest.mark.parametrize("lane", SCHEDULE)
def test_the_same_seed_breaks_the_same_and_another_one_does_not(lane: str) -> None:
    blows = {seed: list(islice(draw_blows(seed=seed, lane=lane), 20)) for seed in (7, 8)}

    assert blows[7] == list(islice(draw_blows(seed=7, lane=lane), 20))
    assert blows[7] != blows[8]


def test_no_two_forms_have_the_same_destination() -> None:
    scripts = draw_scripts(seed=7, count=MOST_TRANSFERS)

    numbers = [script.destination(form) for script in scripts for form in range(3)]

    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("number", [0, MOST_TRANSFERS - 1])
def test_the_policy_lets_the_destinations_pass(number: int) -> None:
    destination = draw_scripts(seed=7, count=MOST_TRANSFERS)[number].destination(2)

    assert check_destination(destination_type="external_number", address=destination).address == destination


def test_every_behaviour_that_is_drawn_or_judged_is_one_of_the_simulator() -> None:
    scripts = draw_scripts(seed=7, count=2000)

    assert {script.behaviour for script in scripts} | CLEAR_ANSWERS <= set(BEHAVIOURS)
    assert {script.leg for script in scripts} == set(LEG_OUTCOMES)
