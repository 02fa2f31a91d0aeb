import asyncio

import pytest
from django.test import Client

from tests.operations.health.test_condition import SILENT, health
from transfers.models import User
from transfers.operations.health import SystemHealth
from transfers.views.operations import system_bar

pytestmark = pytest.mark.django_db


def test_every_page_of_a_signed_in_person_says_how_transfers_fare(client: Client, sue: User) -> None:
    client.force_login(sue)

    for path in ("/", "/transfers/"):
        html = client.get(path).content.decode()

        # Nothing beats and no Redis answers while these tests run.
        assert 'data-condition="nobody_sends"' in html
        assert "An internal connection is down." in html


def test_who_is_not_signed_in_is_told_nothing_about_it(client: Client) -> None:
    assert "system-bar" not in client.get("/accounts/login/").content.decode().split("<body")[1]


def test_a_stream_gets_the_bar_in_each_language_from_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[SystemHealth] = []

    class Looking:
        async def look_from_loop(self) -> SystemHealth:
            looks.append(health(worker=SILENT))
            return looks[-1]

    monkeypatch.setattr(system_bar, "lookout", Looking())

    bars = asyncio.run(system_bar.render_bars({"en", "de"}))

    assert len(looks) == 1
    assert "it takes about 2 seconds longer." in bars["en"]
    assert "es dauert etwa 2 Sekunden länger." in bars["de"]
