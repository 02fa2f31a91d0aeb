"""Fills the database of the environment with what a benchmark needs, and prints as JSON what it has to know of it.

python -m scripts.bench.filling FUNCTION [ARGUMENT ...]
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenios_dashboard.settings")
if __name__ == "__main__":
    django.setup()

from scripts.bench.filling_calls import board_calls, due_transfers, talking_calls
from scripts.bench.filling_directory import directory, used_destinations
from scripts.bench.filling_history import history
from scripts.bench.filling_people import people

FUNCTIONS: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (board_calls, directory, due_transfers, history, people, talking_calls, used_destinations)
}


def main() -> None:
    """Run the function that is named, with whole numbers and words as its arguments."""
    arguments = [int(each) if each.isdigit() else each for each in sys.argv[2:]]
    print(json.dumps(FUNCTIONS[sys.argv[1]](*arguments)))


if __name__ == "__main__":
    main()
