import json
from datetime import datetime
from ipaddress import ip_network
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from tests.posts import make_post
from transfers.calls import events
from transfers.calls.intake import Intake
from transfers.models import Call, CallEvent
from transfers.tenios import CallEvent as PostedEvent
from transfers.views.tenios.events import MAX_BODY_BYTES

pytestmark = pytest.mark.django_db

ADDRESS = "/tenios/events/"
KEY = settings.TENIOS_EVENT_KEYS[0]


def post(client: Client, body: object, **headers: Any) -> int:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(ADDRESS, data, content_type="application/json", **headers).status_code


def hostile(variables: str, *, key: str = KEY) -> bytes:
    return f'{{"requestType":"CALL_START","accessKey":"{key}","variables":{variables}}}'.encode()


def test_event_is_stored_and_answered_with_200(client: Client) -> None:
    assert post(client, make_post("CALL_START")) == 200

    assert CallEvent.objects.count() == Call.objects.count() == 1


@pytest.mark.parametrize("key", settings.TENIOS_EVENT_KEYS)
def test_every_configured_key_is_accepted_and_none_is_stored(client: Client, key: str) -> None:
    assert post(client, {**make_post("CALL_START"), "accessKey": key}) == 200

    assert key not in CallEvent.objects.get().body


@pytest.mark.parametrize("key", ["", "wrong", KEY + "x", KEY[:-1], "schlüssel", "\ud800", None, 7, ["x"]])
def test_wrong_key_is_refused_and_nothing_is_stored(client: Client, key: object) -> None:
    assert post(client, {**make_post("CALL_START"), "accessKey": key}) == 403

    assert CallEvent.objects.count() == 0


def test_every_key_is_refused_if_none_is_configured(client: Client, settings: Settings) -> None:
    settings.TENIOS_EVENT_KEYS = []

    assert post(client, make_post_with("")) == 403


def make_post_with(key: str) -> dict[str, Any]:
    return {"requestType": "CALL_START", "accessKey": key, "variables": {}}


@pytest.mark.parametrize(
    ("address", "status"), [("80.239.139.193", 200), ("10.1.2.3", 200), ("80.239.139.194", 403), ("", 403), ("x", 403)]
)
def test_only_configured_sources_are_accepted(client: Client, settings: Settings, address: str, status: int) -> None:
    settings.TENIOS_EVENT_SOURCES = [ip_network("80.239.139.193"), ip_network("10.0.0.0/8")]

    assert post(client, make_post("CALL_START"), REMOTE_ADDR=address) == status


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b'"x"', b"null", b"{", b"\xff\xfe", b"not json"])
def test_body_without_a_json_object_is_answered_with_400(client: Client, body: bytes) -> None:
    assert post(client, body) == 400


def test_body_over_64_kib_is_answered_with_413(client: Client) -> None:
    big = make_post("CALL_START", filler="x" * MAX_BODY_BYTES)
    small = make_post("CALL_START", filler="x" * (MAX_BODY_BYTES - 1000))

    assert post(client, big) == 413
    assert post(client, small) == 200


def test_content_length_over_64_kib_is_answered_with_413(client: Client) -> None:
    assert post(client, make_post("CALL_START"), CONTENT_LENGTH=str(MAX_BODY_BYTES + 1)) == 413


@pytest.mark.parametrize("length", ["", "x", "-1", "²", "9" * 5_000])
def test_invalid_content_length_causes_no_error(client: Client, length: str) -> None:
    assert post(client, make_post("CALL_START"), CONTENT_LENGTH=length) < 500


@pytest.mark.parametrize(
    "body",
    [
        hostile("[" * 20_000 + "]" * 20_000),
        hostile('{"call_uuid":' * 5_000 + "1" + "}" * 5_000),
        hostile('{"call_uuid":"a\\u0000b"}'),
        hostile('{"call_uuid":"\\ud800"}'),
        hostile('{"call_uuid":NaN,"caller_id_number":Infinity}'),
        hostile('{"call_uuid":' + "9" * 5_000 + "}"),
        hostile('{"call_uuid":"a","call_uuid":"b"}'),
        hostile('{"call_uuid":{"a":[1]},"caller_id_number":[null,true]}'),
        hostile('{"call_uuid":"' + "u" * 300 + '"}'),
        hostile('{"call_uuid":"x","destination_number":"' + "9" * 3_000 + '"}'),
        hostile("null"),
        hostile('"x"'),
        b'{"requestType":' + b"[1]" + b',"accessKey":"' + KEY.encode() + b'"}',
        b'{"requestType":"' + b"T" * 3_000 + b'","accessKey":"' + KEY.encode() + b'"}',
        b'{"accessKey":"' + KEY.encode() + b'","accessKey":"wrong","requestType":"CALL_START"}',
        b'\xef\xbb\xbf{"requestType":"CALL_START"}',
    ],
)
def test_hostile_bodies_get_an_answer_below_500(client: Client, body: bytes) -> None:
    assert post(client, body) < 500

    assert all(KEY not in event.body for event in CallEvent.objects.all())


def test_unknown_type_and_missing_call_id_are_stored_and_answered_with_200(client: Client) -> None:
    assert post(client, make_post("SOMETHING_NEW")) == 200
    assert post(client, {**make_post("CALL_START"), "variables": {"answered_time": "0"}}) == 200

    assert CallEvent.objects.count() == 2
    assert Call.objects.count() == 0


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_other_methods_are_refused(client: Client, method: str) -> None:
    assert getattr(client, method)(ADDRESS).status_code == 405


def test_no_number_reaches_the_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    post(client, make_post("CALL_START"))

    assert "stored" in caplog.text
    assert "23125417" not in caplog.text


def test_event_that_is_not_stored_is_answered_with_503(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(posted: PostedEvent, *, received_at: datetime) -> CallEvent:
        raise OperationalError("failure of the test")

    monkeypatch.setattr(events, "apply_call_event", fail)
    monkeypatch.setattr("transfers.calls.intake.close_old_connections", lambda: None)
    monkeypatch.setattr("transfers.calls.intake._intake", Intake(give_up_seconds=0.1))

    assert post(client, make_post("CALL_START")) == 503

    assert "given up" in caplog.text
