import asyncio

import pytest
from django.test import Client

from tests.operations.health.test_condition import SILENT, health
from transfers.models import User
from transfers.operations.health import SystemHealth
from transfers.views.operations import system_bar

pytestmark = pytest.mark.django_db


def test_every_page_of_a_signed_in_person_has_the_bar(client: Client, sue: User) -> None:
    client.force_login(sue)

    for path in ("/", "/transfers/"):
        html = client.get(path).content.decode()

        # No worker or sweeper runs in these tests, and no Redis answers.
        assert 'data-condition="nobody_sends"' in html
        assert "An internal connection is down." in html


def test_page_without_sign_in_has_no_bar(client: Client) -> None:
    assert "system-bar" not in client.get("/accounts/login/").content.decode().split("<body")[1]


def test_stream_gets_the_bar_in_each_language_from_one_read(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[SystemHealth] = []

    class CountingHealth:
        async def read_async(self) -> SystemHealth:
            reads.append(health(worker=SILENT))
            return reads[-1]

    monkeypatch.setattr(system_bar, "shared_health", CountingHealth())

    bars = asyncio.run(system_bar.render_bars({"en", "de"}))

    assert len(reads) == 1
    assert "it takes about 2 seconds longer." in bars["en"]
    assert "es dauert etwa 2 Sekunden länger." in bars["de"]
