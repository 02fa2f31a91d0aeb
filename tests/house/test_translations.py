"""German is complete, and pages for German readers hold no English."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.test import Client
from django.utils import translation
from django.utils.dateformat import format as format_date
from pytest_django import Settings

from scripts.messages.catalogue import catalogue_path, compile_catalogues, read_catalogue
from scripts.messages.faults import find_faults
from tests.factories import make_call, make_destination, make_transfer
from tests.reading import TAG, english_in, forms, texts_of
from transfers.models import CallState, DestinationType, TransferState, User


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    return read_catalogue(catalogue_path())


@pytest.fixture
def german(tmp_path: Path, settings: Settings) -> Iterator[None]:
    """The catalogue as it stands, compiled beside the project, whatever has been compiled within it."""
    path = catalogue_path(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(catalogue_path().read_bytes())
    compile_catalogues(tmp_path)
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    with translation.override("de"):
        yield


@pytest.fixture
def pages(sue: User, ada: User) -> dict[str, str]:
    """Addresses of pages with something on each: a call of one's own, a refused transfer, others in every state."""
    own = make_call(agent=sue)
    make_destination(name="Rechnungsklärung", destination_type=DestinationType.SIP_TRUNK, note="Nur werktags")
    refused = make_transfer(
        call=own, agent=sue, state=TransferState.REJECTED, error_code="INVALID_VALUE", error_fields="destination"
    )
    for state in CallState:
        make_call(state=state, connected_at=None, menu_key="2", caller_number="")
    for transfer_state in TransferState:
        make_transfer(agent=ada, state=transfer_state, call=make_call(agent=ada))
    return {
        "board": "/",
        "history": "/transfers/",
        "empty history": "/transfers/?q=niemand",
        "detail": f"/transfers/{refused.pk}/",
        "picker": f"/calls/{own.call_uuid}/transfer/",
        "refused number": f"/calls/{own.call_uuid}/transfer/?q=110",
        "password": "/accounts/password/change/",
        "nowhere": "/nowhere/",
    }


def test_the_catalogue_is_complete() -> None:
    assert find_faults() == []


@pytest.mark.parametrize(
    "name", ["board", "history", "empty history", "detail", "picker", "refused number", "password", "nowhere"]
)
def test_a_page_for_a_german_reader_holds_no_english(
    german: None, client: Client, sue: User, pages: dict[str, str], name: str, catalogue: Catalog
) -> None:
    User.objects.filter(pk=sue.pk).update(language="de")
    client.force_login(sue)

    html = client.get(pages[name]).content.decode()

    assert {"Anrufübersicht", "Übergaben", "Abmelden"} <= texts_of(html)
    assert english_in(html, catalogue) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/"])
def test_a_german_browser_gets_the_sign_in_without_english(
    german: None, client: Client, path: str, catalogue: Catalog
) -> None:
    html = client.get(path, headers={"accept-language": "de-DE,de;q=0.9"}).content.decode()

    assert "Anmelden" in texts_of(html)
    assert english_in(html, catalogue) == set()


def test_english_would_be_noticed(client: Client, sue: User, pages: dict[str, str], catalogue: Catalog) -> None:
    client.force_login(sue)

    found = english_in(client.get(pages["board"]).content.decode(), catalogue)

    assert {"Call board", "Try another", "Show", "Menu, key 2", "All live calls of the team, oldest first"} <= found


@pytest.mark.parametrize(
    ("english", "own", "of_a_library"), [("Duration", "Dauer", "Zeitspanne"), ("Note", "Hinweis", "Anmerkung")]
)
def test_our_word_wins_over_that_of_a_library(
    german: None, settings: Settings, english: str, own: str, of_a_library: str
) -> None:
    with_ours = translation.gettext(english)

    settings.LOCALE_PATHS = []
    with translation.override("de"):
        without = translation.gettext(english)

    assert (with_ours, without) == (own, of_a_library)


def test_dates_are_written_as_germans_write_them(german: None, catalogue: Catalog) -> None:
    formats = [str(m.string) for m in catalogue if m.context == "date format"]

    written = [format_date(datetime(2026, 11, 3, 7, 5, 9, tzinfo=UTC), each) for each in formats]

    assert sorted(written) == [
        "3. Nov 2026, 07:05",
        "Di, 3. Nov, 07:05",
        "Di, 3. Nov, 07:05:09",
        "Dienstag, 3. November 2026",
        "Dienstag, 3. November 2026, 07:05:09",
    ]


def test_german_is_calm_and_set_with_german_quotation_marks(catalogue: Catalog) -> None:
    strings = [TAG.sub("", form) for message in catalogue if message.id for form in forms(message.string)]

    assert [text for text in strings if re.search(r"[!\"”]|\.\.\.", text)] == []
    assert [text for text in strings if text.count("„") != text.count("“")] == []
