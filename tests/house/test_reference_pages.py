"""Metrics, steps of a transfer, packages and what the simulator can do: each is documented on the page that owns it."""

import re
from dataclasses import fields

import pytest

from scripts.procfile import ROOT
from simulator.behaviours import BEHAVIOURS
from simulator.options import CHOICES, LEG_OUTCOMES, Options
from tests.house.documents import DOCS, documents_listing, listed, section
from transfers.lifecycle import guard
from transfers.operations.health import SystemHealth
from transfers.operations.metrics import render_metrics
from transfers.operations.metrics.definitions import PREFIX


def metrics() -> set[str]:
    text = render_metrics(SystemHealth(is_database_ok=True, is_redis_ok=True)).decode()
    return set(re.findall(rf"^# TYPE {PREFIX}(\w+)", text, flags=re.MULTILINE))


@pytest.mark.django_db
def test_operations_lists_each_metric_and_nothing_else() -> None:
    documented = listed(section(DOCS / "operations.md", "Metrics"))

    assert sorted(documented) == sorted(metrics())
    assert documents_listing(metrics() - {"level"}) == {"docs/operations.md"}


@pytest.mark.django_db
def test_the_alarms_use_metrics_that_exist() -> None:
    alarms = section(DOCS / "operations.md", "Alarms to begin with")

    used = {name.removesuffix("_bucket") for name in re.findall(rf"{PREFIX}(\w+)", alarms)}

    assert used
    assert used <= metrics()


def test_the_diagram_of_states_has_each_step_of_a_transfer_and_no_other() -> None:
    diagram = section(DOCS / "architecture.md", "The life of a transfer")

    drawn = re.findall(r"^    (\w+) --> (\w+)$", diagram, flags=re.MULTILINE)

    assert sorted(drawn) == guard.steps_of_table()


def test_the_page_on_tenios_lists_each_method_that_gets_the_access_key_and_nothing_else() -> None:
    source = "".join(path.read_text() for path in (ROOT / "transfers" / "tenios").glob("*.py"))
    called = set(re.findall(r'"(/[a-z-]+(?:/[a-z-]+)*)"', source))

    documented = listed(section(DOCS / "connecting-tenios.md", "1. The access key, from us to TENIOS"))

    assert sorted(documented) == sorted(f"POST {path}" for path in called)


def packages_of(requirements: str) -> set[str]:
    lines = (ROOT / requirements).read_text().splitlines()
    return {re.split(r"[<>=;]", line)[0].strip() for line in lines if line and not line.startswith(("#", "-r"))}


@pytest.mark.parametrize("requirements", [path.name for path in sorted(ROOT.glob("requirements*.in"))])
def test_every_package_has_its_reason(requirements: str) -> None:
    text = (DOCS / "decisions" / "dependencies.md").read_text()
    reasons = text.split(f"\n## {requirements}:")[1].split("\n## ")[0]

    assert set(re.findall(r"^- \*\*([^*]+)\*\*", reasons, flags=re.MULTILINE)) == packages_of(requirements)


def test_the_page_of_the_simulator_names_all_it_can_do() -> None:
    text = (DOCS / "simulator.md").read_text()
    words = {*BEHAVIOURS, *LEG_OUTCOMES, *(field.name for field in fields(Options))}
    words |= {choice for choices in CHOICES.values() for choice in choices}

    assert {word for word in words if f"`{word}`" not in text} == set()
