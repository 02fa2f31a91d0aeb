"""docs/interface.md lists each address, key, column and state of the product, and nothing else."""

import re

import pytest
from django.test import Client
from django.utils import translation

from scripts.procfile import ROOT
from tests.house.documents import DOCS, documents_listing, listed, rows, section
from transfers import urls
from transfers.directory.files.columns import ADDRESS_HEADS, FIELD_HEADS, SIMPLE_ADDRESSES, head_of
from transfers.history.export import COLUMNS
from transfers.models import CallState, CancelReason, Problem, TransferState

INTERFACE = DOCS / "interface.md"
KEYS_OF_EVENTS = {"Esc": "Escape", "↑": "ArrowUp", "↓": "ArrowDown", "Ctrl": "ctrlKey"}
"""What a key is called in JavaScript, where that differs from the keycap."""


def addresses() -> dict[str, str]:
    """Return each address as the documents write it, and as a request can ask for it."""
    routes = [f"/{pattern.pattern}" for pattern in urls.urlpatterns]
    return {
        re.sub(r"<int:\w+>", "<id>", route).replace("<str:", "<"): re.sub(
            r"<str:\w+>", "x", re.sub(r"<int:\w+>", "1", route)
        )
        for route in routes
    }


def test_the_interface_lists_each_address_and_nothing_else() -> None:
    documented = listed(section(INTERFACE, "Addresses"))

    assert sorted(documented) == sorted(addresses())
    assert documents_listing(set(addresses())) == {"docs/interface.md"}


@pytest.mark.django_db
def test_each_address_allows_the_methods_that_are_documented(client: Client) -> None:
    documented = {row[0].strip("`"): row[1] for row in rows(section(INTERFACE, "Addresses"))}

    answers = {address: client.generic("TRACE", request) for address, request in addresses().items()}
    allowed = {address: answer.headers["Allow"].replace(", HEAD", "") for address, answer in answers.items()}

    assert documented == allowed


def test_the_interface_lists_each_key_that_a_page_shows_and_nothing_else() -> None:
    templates = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    shown = set(re.findall(r'{% kbd "([^"]+)" %}', templates))
    shown |= set(re.findall(r'{% translate "(\w+)" context "key" as \w+ %}', templates))

    documented = set(listed(section(INTERFACE, "Keys")))

    assert documented == shown
    assert documents_listing(shown) == {"docs/interface.md"}


def test_a_script_listens_to_each_documented_key() -> None:
    scripts = "".join(path.read_text() for path in (ROOT / "static" / "js").glob("*.js"))
    documented = set(listed(section(INTERFACE, "Keys"))) - {"1", "9"}  # a range there

    names = {key: KEYS_OF_EVENTS.get(key, key.lower() if len(key) == 1 else key) for key in documented}

    unheard = [key for key, name in names.items() if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", scripts)]
    assert unheard == []


def test_the_interface_lists_each_column_of_the_history_and_nothing_else() -> None:
    assert listed(section(INTERFACE, "Columns of the history")) == list(COLUMNS)


def test_the_interface_lists_each_word_of_ours_in_error_code_and_nothing_else() -> None:
    documented = listed(section(INTERFACE, "Words of error_code"))

    assert sorted(documented) == sorted(["persons_word", *CancelReason.values, *Problem.values])


def test_the_interface_lists_each_column_of_the_directorys_file_and_nothing_else() -> None:
    columns = [*FIELD_HEADS, *(f"{part} 1" for part in ADDRESS_HEADS), *SIMPLE_ADDRESSES]
    with translation.override("en"):
        heads = [head_of(column) for column in columns]

    documented = [row[0].strip("`") for row in rows(section(INTERFACE, "Columns of the directory's file"))]

    assert documented == heads


def test_the_interface_explains_each_state_and_nothing_else() -> None:
    documented = listed(section(INTERFACE, "Words"))

    assert sorted(documented) == sorted([*TransferState.values, *CallState.values])
