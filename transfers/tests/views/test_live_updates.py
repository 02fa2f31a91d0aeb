"""Who gets the stream and what its rows look like; that it streams is proved in tests/flows with a real server."""

import re
from typing import cast

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpRequest, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from transfers.live_hub import Audience
from transfers.models import User
from transfers.tests.factories import make_call
from transfers.views.live_updates import hub, live, render_rows

pytestmark = pytest.mark.django_db


def without_durations(html: str) -> str:
    return re.sub(r">\d\d:\d\d<", "><", "".join(html.split()))


def request_of(client: Client, user: User) -> HttpRequest:
    client.force_login(user)
    request = RequestFactory().get("/live/")
    request.session = client.session
    return request


def test_the_pushed_row_is_the_row_of_the_page(client: Client, ada: User) -> None:
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


def test_a_call_that_is_gone_renders_nothing() -> None:
    audience = Audience("en", may_transfer_any=False)

    assert render_rows({4711}, {audience}) == {audience: {}}


def test_who_may_not_see_the_board_gets_no_stream(client: Client, stranger: User) -> None:
    unknown = client.get("/live/")
    client.force_login(stranger)

    assert unknown.status_code == client.get("/live/").status_code == 403


def test_a_stream_that_was_never_read_holds_nothing(client: Client, ada: User) -> None:
    response = cast(StreamingHttpResponse, async_to_sync(live)(request_of(client, ada)))

    response.close()

    assert response.status_code == 200
    assert hub._subscriptions == set()
