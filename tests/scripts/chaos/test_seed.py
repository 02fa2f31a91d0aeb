"""What a seed of `make chaos` fixes, and that its names are those of the product and the simulator."""

from itertools import islice

import pytest

from scripts.chaos.checker.outcomes import CLEAR_BEHAVIOURS
from scripts.chaos.faults.schedule import draw_faults, make_targets
from scripts.chaos.options import Options
from scripts.chaos.workload.scenario import MOST_SCENARIOS, draw_scenarios
from simulator.behaviours import BEHAVIOURS
from simulator.options import LEG_OUTCOMES
from transfers.destination_policy import check_destination


def test_seed_fixes_the_scenarios() -> None:
    assert draw_scenarios(seed=7, count=20) == draw_scenarios(seed=7, count=20)
    assert draw_scenarios(seed=7, count=20) != draw_scenarios(seed=8, count=20)


OPTIONS = Options(seed=7, transfers=20, agents=2, senders=2, seconds=60)
TARGETS = make_targets(processes=OPTIONS.processes, database="postgresql")


@pytest.mark.parametrize("target", TARGETS)
def test_seed_fixes_the_faults(target: str) -> None:
    drawn = {seed: list(islice(draw_faults(seed=seed, target=target, faults=TARGETS[target]), 20)) for seed in (7, 8)}

    assert drawn[7] == list(islice(draw_faults(seed=7, target=target, faults=TARGETS[target]), 20))
    assert drawn[7] != drawn[8]


def test_every_process_of_the_product_is_a_target_of_its_own() -> None:
    own = {"web", "worker", "worker.2", "sweeper", "sweeper.2", "beat"}

    assert set(OPTIONS.processes) == own | {"simulator"}
    assert own < set(TARGETS)


def test_two_processes_of_a_kind_have_different_faults() -> None:
    first, second = (
        list(islice(draw_faults(seed=7, target=name, faults=TARGETS[name]), 20)) for name in ("worker", "worker.2")
    )

    assert first != second


def test_no_two_forms_have_the_same_destination() -> None:
    scenarios = draw_scenarios(seed=7, count=MOST_SCENARIOS)

    numbers = [scenario.destination(form) for scenario in scenarios for form in range(3)]

    assert len(set(numbers)) == len(numbers)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, MOST_SCENARIOS - 1])
def test_policy_allows_the_destinations(number: int) -> None:
    destination = draw_scenarios(seed=7, count=MOST_SCENARIOS)[number].destination(2)

    assert check_destination(destination_type="external_number", address=destination).address == destination


def test_every_behaviour_of_the_simulator_is_drawn() -> None:
    scenarios = draw_scenarios(seed=7, count=2000)

    assert {scenario.behaviour for scenario in scenarios} == set(BEHAVIOURS)
    assert set(BEHAVIOURS) >= CLEAR_BEHAVIOURS
    assert {scenario.leg for scenario in scenarios} == set(LEG_OUTCOMES)
