"""Fills the database of the environment with what a benchmark needs, and prints as JSON what it has to know of it.

python -m scripts.bench.filling FUNCTION [ARGUMENT ...]
"""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenios_dashboard.settings")
if __name__ == "__main__":
    django.setup()

from scripts.bench.filling_calls import board_calls, due_transfers, talking_calls  # noqa: E402 - Django comes first
from scripts.bench.filling_directory import directory  # noqa: E402
from scripts.bench.filling_history import history  # noqa: E402
from scripts.bench.filling_people import people  # noqa: E402

FUNCTIONS = {each.__name__: each for each in (board_calls, directory, due_transfers, history, people, talking_calls)}


def main() -> None:
    """Run the function that is named, with whole numbers and words as its arguments."""
    arguments = [int(each) if each.isdigit() else each for each in sys.argv[2:]]
    print(json.dumps(FUNCTIONS[sys.argv[1]](*arguments)))  # type: ignore[operator]


if __name__ == "__main__":
    main()
