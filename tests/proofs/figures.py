"""How much a proof tries, and what it counted.

    make test ARGS="tests/proofs"    # a short measure
    make proofs                      # the full measure (FULL_PROOFS=1)

Both print their figures at the end of the run, for each database.
"""

import os

IS_FULL = os.environ.get("FULL_PROOFS") == "1"

_figures: list[str] = []


def how_many(*, usual: int, full: int) -> int:
    """Return the number of tries of a proof: `full` if FULL_PROOFS is 1."""
    return full if IS_FULL else usual


def report(figure: str) -> None:
    """Keep a line for the end of the run."""
    _figures.append(figure)


def take_figures() -> list[str]:
    """Return the lines kept since the last call."""
    taken = _figures.copy()
    _figures.clear()
    return taken
