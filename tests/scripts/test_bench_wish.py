"""What `make bench` can be asked for, and on which databases its rows run."""

import pytest

from scripts.bench.catalogue import CATALOGUE
from scripts.bench.system import serving_command
from scripts.bench.wish import InvalidWish, Wish, read_wish
from scripts.bench.worker_throughput import worker_threads

KNOWN = tuple(CATALOGUE)


def test_without_a_word_everything_is_measured_five_times() -> None:
    assert read_wish({"ONLY": "", "RUNS": "", "DATABASE": ""}, known=KNOWN) == Wish(runs=5, rows=1_000_000)


def test_rows_are_named_with_commas_or_blanks() -> None:
    wish = read_wish({"ONLY": "intake, click", "RUNS": "7", "ROWS": "20000", "DATABASE": "both"}, known=KNOWN)

    assert wish.only == ("intake", "click")
    assert (wish.runs, wish.rows) == (7, 20_000)
    assert wish.databases == ("sqlite", "postgresql")


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
def test_what_there_is_not_is_refused_by_name(environment: dict[str, str], named: str) -> None:
    with pytest.raises(InvalidWish, match=named):
        read_wish(environment, known=KNOWN)


def test_a_database_that_is_asked_for_wins_except_for_the_demo_which_has_its_own() -> None:
    wish = Wish(databases=("postgresql",))

    assert CATALOGUE["board"].databases_for(wish) == ("postgresql",)
    assert CATALOGUE["history"].databases_for(Wish()) == ("sqlite", "postgresql")
    assert CATALOGUE["demo"].databases_for(wish) == ("sqlite",)


def test_the_baselines_run_on_the_server_of_the_product() -> None:
    command = serving_command("bench.bare:application")

    assert "uvicorn bench.bare:application --host" in command[-1]
    assert "tenios_dashboard" not in command[-1]


def test_the_worker_is_compared_with_the_threads_that_it_has() -> None:
    assert worker_threads() >= 1
