"""The rows that the stream sends."""

import re

import pytest
from django.test import Client
from django.utils import translation

from tests.factories import make_call
from transfers.live.viewers import Audience
from transfers.models import User
from transfers.views.board.live import render_rows

pytestmark = pytest.mark.django_db


def without_durations(html: str) -> str:
    return re.sub(r">\d\d:\d\d<", "><", "".join(html.split()))


def test_a_pushed_row_equals_the_row_of_the_page(client: Client, ada: User) -> None:
    call = make_call()
    audience = Audience("en", may_transfer_any=False)
    client.force_login(ada)

    with translation.override("de"):
        pushed = render_rows({call.pk}, {audience})[audience][call.pk]

    page = client.get("/board/calls/").content.decode()
    assert without_durations(pushed) in without_durations(page)


def test_each_audience_gets_its_own_row() -> None:
    call = make_call()
    audiences = {Audience(language, may_transfer_any=False) for language in ("en", "de")}

    rows = render_rows({call.pk}, audiences)

    assert rows.keys() == audiences
    assert len({rows[audience][call.pk] for audience in audiences}) == 2


def test_a_deleted_call_renders_nothing() -> None:
    audience = Audience("en", may_transfer_any=False)

    assert render_rows({4711}, {audience}) == {audience: {}}


def test_django_itself_serves_no_stream(client: Client, ada: User) -> None:
    client.force_login(ada)

    assert client.get("/live/").status_code == 501
