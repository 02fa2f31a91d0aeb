"""The options of `make bench`, and the databases its benchmarks run on."""

import pytest

from scripts.bench.benchmarks import BENCHMARKS
from scripts.bench.benchmarks.worker_throughput import worker_threads
from scripts.bench.options import InvalidOption, Options, read_options
from scripts.bench.system import serving_command

KNOWN = tuple(BENCHMARKS)


def test_without_options_everything_is_measured_five_times() -> None:
    assert read_options({"ONLY": "", "RUNS": "", "DATABASE": ""}, known=KNOWN) == Options(runs=5, rows=1_000_000)


def test_benchmarks_are_separated_by_commas_or_spaces() -> None:
    options = read_options({"ONLY": "intake, click", "RUNS": "7", "ROWS": "20000", "DATABASE": "both"}, known=KNOWN)

    assert options.only == ("intake", "click")
    assert (options.runs, options.rows) == (7, 20_000)
    assert options.databases == ("sqlite", "postgresql")


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"ONLY": "intake,nothing"}, "nothing"),
        ({"DATABASE": "oracle"}, "DATABASE"),
        ({"RUNS": "0"}, "RUNS"),
        ({"RUNS": "many"}, "RUNS"),
        ({"ROWS": "-5"}, "ROWS"),
        ({"STREAMS": "²"}, "STREAMS"),
    ],
)
def test_invalid_option_is_refused_and_named(environment: dict[str, str], named: str) -> None:
    with pytest.raises(InvalidOption, match=named):
        read_options(environment, known=KNOWN)


def test_requested_database_replaces_the_default_except_for_the_demo() -> None:
    options = Options(databases=("postgresql",))

    assert BENCHMARKS["board"].databases_for(options) == ("postgresql",)
    assert BENCHMARKS["history"].databases_for(Options()) == ("sqlite", "postgresql")
    assert BENCHMARKS["demo"].databases_for(options) == ("sqlite",)


def test_baselines_are_served_by_the_same_command_as_the_product() -> None:
    command = serving_command("bench.bare:application")

    assert "uvicorn bench.bare:application --host" in command[-1]
    assert "tenios_dashboard" not in command[-1]


def test_number_of_worker_threads_is_read_from_the_procfile() -> None:
    assert worker_threads() >= 1
