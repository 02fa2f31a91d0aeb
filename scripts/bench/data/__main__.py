"""Fills the database that the environment names, and prints as JSON what the benchmark needs to know of the data.

python -m scripts.bench.data FUNCTION [ARGUMENT ...]
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenios_dashboard.settings")
if __name__ == "__main__":
    django.setup()  # before the imports below: they load models

from scripts.bench.data.board import board_calls, connected_calls, due_transfers, people
from scripts.bench.data.directory import directory, used_destinations
from scripts.bench.data.history import history

FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (board_calls, connected_calls, directory, due_transfers, history, people, used_destinations)
}


def main() -> None:
    """Run the named function with its arguments: whole numbers and words."""
    arguments = [int(argument) if argument.isdigit() else argument for argument in sys.argv[2:]]
    print(json.dumps(FUNCTIONS[sys.argv[1]](*arguments)))


if __name__ == "__main__":
    main()
