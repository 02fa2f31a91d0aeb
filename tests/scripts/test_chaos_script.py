"""What a seed of `make chaos` fixes, and that its words are those of the product and the simulator."""

from itertools import islice

import pytest

from scripts.chaos.plan import Plan
from scripts.chaos.schedule import draw_blows, make_lanes
from scripts.chaos.script import MOST_TRANSFERS, draw_scripts
from scripts.chaos.words_kept import CLEAR_ANSWERS
from simulator.behaviours import BEHAVIOURS
from simulator.options import LEG_OUTCOMES
from transfers.destination_policy import check_destination


def test_the_same_seed_asks_for_the_same_and_another_one_does_not() -> None:
    assert draw_scripts(seed=7, count=20) == draw_scripts(seed=7, count=20)
    assert draw_scripts(seed=7, count=20) != draw_scripts(seed=8, count=20)


PLAN = Plan(seed=7, count=20, agents=2, senders=2, seconds=60)
LANES = make_lanes(processes=PLAN.processes, database="postgresql")


@pytest.mark.parametrize("lane", LANES)
def test_the_same_seed_breaks_the_same_and_another_one_does_not(lane: str) -> None:
    blows = {seed: list(islice(draw_blows(seed=seed, lane=lane, faults=LANES[lane]), 20)) for seed in (7, 8)}

    assert blows[7] == list(islice(draw_blows(seed=7, lane=lane, faults=LANES[lane]), 20))
    assert blows[7] != blows[8]


def test_every_process_of_the_product_has_a_lane_of_its_own() -> None:
    own = {"web", "worker", "worker.2", "sweeper", "sweeper.2", "beat"}

    assert set(PLAN.processes) == own | {"simulator"}
    assert own < set(LANES)


def test_two_processes_of_a_kind_are_not_struck_at_the_same_time() -> None:
    first, second = (
        list(islice(draw_blows(seed=7, lane=name, faults=LANES[name]), 20)) for name in ("worker", "worker.2")
    )

    assert first != second


def test_no_two_forms_have_the_same_destination() -> None:
    scripts = draw_scripts(seed=7, count=MOST_TRANSFERS)

    numbers = [script.destination(form) for script in scripts for form in range(3)]

    assert len(set(numbers)) == len(numbers)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, MOST_TRANSFERS - 1])
def test_the_policy_lets_the_destinations_pass(number: int) -> None:
    destination = draw_scripts(seed=7, count=MOST_TRANSFERS)[number].destination(2)

    assert check_destination(destination_type="external_number", address=destination).address == destination


def test_every_behaviour_of_the_simulator_is_drawn_and_those_judged_are_its_own() -> None:
    scripts = draw_scripts(seed=7, count=2000)

    assert {script.behaviour for script in scripts} == set(BEHAVIOURS)
    assert set(BEHAVIOURS) >= CLEAR_ANSWERS
    assert {script.leg for script in scripts} == set(LEG_OUTCOMES)
