"""How the client reads answers to POST /transfer-call: the documented bodies verbatim, and many others."""

import json
from collections.abc import Callable

import httpx
import pytest

from transfers import tenios
from transfers.tenios import TransferAnswer, Verdict

KEY = "0a0b0c0d-1111-2222-3333-44444444cdef"
CALL_UUID = "5f0c1d2e-aaaa-4bbb-8ccc-1234567890ab"

UNKNOWN_TYPE = (
    b'{"success":false,"error_code":"INVALID_VALUE","error_message":"Invalid parameter type or format",'
    b'"fields":["destination_type"]}'
)
MALFORMED_UUID = (
    b'{"error_code":"INVALID_FIELD","error_message":"Invalid \'call_uuid\' input parameter. '
    b'Invalid value - \'1234567890\'.","fields":["call_uuid"]}'
)
MISSING_PARAMETER = (
    b'{"error_code":"INVALID_JSON","error_message":"An invalid JSON object was provided in the request body.",'
    b'"fields":[]}'
)
CALL_NOT_FOUND = (
    b'{"success":false,"error_code":"CALL_UUID_NOT_FOUND","error_message":"The call wasn\'t found",'
    b'"fields":["call_uuid"]}'
)
BAD_CREDENTIALS = b'{"error_code":"BAD_CREDENTIALS","error_message":"Bad credentials","fields":[]}'


def transfer(handler: Callable[[httpx.Request], httpx.Response], *, key: str = KEY) -> TransferAnswer:
    client = tenios.TeniosClient(
        access_key=key, base_url="https://tenios.test/", transport=httpx.MockTransport(handler)
    )
    return client.transfer_call(call_uuid=CALL_UUID, destination_type="external_number", destination="+4922100000000")


def answering(status: int, body: bytes, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _request: httpx.Response(status, content=body, headers=headers)


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, b'{"success": true}', Verdict.ACCEPTED),
        (200, b'{"success": "true"}', Verdict.ACCEPTED),
        (200, b'\xef\xbb\xbf{"success": true, "more": {"a": 1e999}}', Verdict.ACCEPTED),
        (200, b'{"success": false}', Verdict.REJECTED),
        (200, b'{"success": "false"}', Verdict.REJECTED),
        (200, b'{"error_code": "SOMETHING_NEW"}', Verdict.REJECTED),
        (200, BAD_CREDENTIALS, Verdict.REJECTED),
        (200, b"{}", Verdict.UNKNOWN),
        (200, b"", Verdict.UNKNOWN),
        (200, b"true", Verdict.UNKNOWN),
        (200, b'[{"success": true}]', Verdict.UNKNOWN),
        (200, b'"success"', Verdict.UNKNOWN),
        (200, b'{"success": 1}', Verdict.UNKNOWN),
        (200, b'{"success": null, "error_code": null}', Verdict.UNKNOWN),
        (200, b'{"success": "yes"}', Verdict.UNKNOWN),
        (200, b'{"success": ["true"]}', Verdict.UNKNOWN),
        (200, b'{{"success": true}', Verdict.UNKNOWN),
        (200, b'{"success": true}}', Verdict.UNKNOWN),
        (200, b"<html>Welcome</html>", Verdict.UNKNOWN),
        (200, b'{"success": true', Verdict.UNKNOWN),
        (200, b"[" * 60_000, Verdict.UNKNOWN),
        (200, b'{"success": ' + b"9" * 5000 + b"}", Verdict.UNKNOWN),
        (201, b'{"success": true}', Verdict.UNKNOWN),
        (204, b"", Verdict.UNKNOWN),
        (301, b"", Verdict.UNKNOWN),
        (307, b'{"success": true}', Verdict.UNKNOWN),
        (400, UNKNOWN_TYPE, Verdict.REJECTED),
        (400, MALFORMED_UUID, Verdict.REJECTED),
        (400, MISSING_PARAMETER, Verdict.REJECTED),
        (400, CALL_NOT_FOUND, Verdict.REJECTED),
        (400, BAD_CREDENTIALS, Verdict.REJECTED),
        (400, b"", Verdict.REJECTED),
        (400, b'{"success": true}', Verdict.REJECTED),
        (401, b"", Verdict.REJECTED),
        (403, b"<html>Forbidden</html>", Verdict.REJECTED),
        (404, b"not found", Verdict.REJECTED),
        (408, CALL_NOT_FOUND, Verdict.UNKNOWN),
        (429, b"", Verdict.REJECTED),
        (499, b"\xff\xfe", Verdict.REJECTED),
        (500, b'{"success": true}', Verdict.UNKNOWN),
        (500, CALL_NOT_FOUND, Verdict.UNKNOWN),
        (502, b"<html>Bad gateway</html>", Verdict.UNKNOWN),
        (503, b"", Verdict.UNKNOWN),
        (504, b"", Verdict.UNKNOWN),
        (599, b"", Verdict.UNKNOWN),
    ],
)
def test_answer_proves_no_more_than_the_table_says(status: int, body: bytes, verdict: Verdict) -> None:
    answer = transfer(answering(status, body))

    assert answer.verdict is verdict
    assert answer.http_status == status
    assert answer.problem == ""


@pytest.mark.parametrize(
    ("body", "code", "message", "fields"),
    [
        (UNKNOWN_TYPE, "INVALID_VALUE", "Invalid parameter type or format", ("destination_type",)),
        (
            MALFORMED_UUID,
            "INVALID_FIELD",
            "Invalid 'call_uuid' input parameter. Invalid value - '1234567890'.",
            ("call_uuid",),
        ),
        (MISSING_PARAMETER, "INVALID_JSON", "An invalid JSON object was provided in the request body.", ()),
        (CALL_NOT_FOUND, "CALL_UUID_NOT_FOUND", "The call wasn't found", ("call_uuid",)),
        (b"{" + UNKNOWN_TYPE, "INVALID_VALUE", "", ()),
        (CALL_NOT_FOUND + b"}", "CALL_UUID_NOT_FOUND", "", ()),
        (b'{"error_code":"X","field s":["a","b"]}', "X", "", ("a", "b")),
        (b'{"error_code":"X","fields":"a"}', "X", "", ("a",)),
        (b'{"error_code":"X","fields":[null,{},"a",7]}', "X", "", ("a", "7")),
        (b'{"error_code":42,"error_message":17}', "42", "17", ()),
        (b'{"error_code":["X"],"error_message":{"a":1}}', "", "", ()),
        (b'{"error_code":"NEW\\u0000 \\u202eCODE\\ud800"}', "NEW\ufffd CODE\ufffd", "", ()),
        (b'{"error_code":"' + b"A" * 500 + b'"}', "A" * 64, "", ()),
        (b'{"error_message":"' + b"m" * 500 + b'"}', "", "m" * 300, ()),
        (b"<html></html>", "", "", ()),
    ],
)
def test_error_code_message_and_fields_are_kept(body: bytes, code: str, message: str, fields: tuple[str, ...]) -> None:
    answer = transfer(answering(400, body))

    assert (answer.error_code, answer.error_message, answer.error_fields) == (code, message, fields)


@pytest.mark.parametrize(
    ("error", "verdict", "problem"),
    [
        (httpx.ConnectError("refused"), Verdict.NOT_SENT, "connect"),
        (httpx.ConnectTimeout("slow"), Verdict.NOT_SENT, "timeout"),
        (httpx.PoolTimeout("full"), Verdict.NOT_SENT, "timeout"),
        (httpx.ReadTimeout("slow"), Verdict.UNKNOWN, "timeout"),
        (httpx.WriteTimeout("slow"), Verdict.UNKNOWN, "timeout"),
        (httpx.ReadError("reset"), Verdict.UNKNOWN, "network"),
        (httpx.WriteError("reset"), Verdict.UNKNOWN, "network"),
        (httpx.RemoteProtocolError("closed"), Verdict.UNKNOWN, "network"),
        (httpx.CloseError("?"), Verdict.UNKNOWN, "network"),
        (RuntimeError("anything else"), Verdict.UNKNOWN, "network"),
    ],
)
def test_failure_below_http_is_not_sent_only_if_nothing_was_sent(
    error: Exception, verdict: Verdict, problem: str
) -> None:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise error

    answer = transfer(fail)

    assert (answer.verdict, answer.problem, answer.http_status) == (verdict, problem, None)


@pytest.mark.parametrize(
    ("status", "body", "is_refused"),
    [
        (401, b"", True),
        (403, b"", True),
        (403, BAD_CREDENTIALS, True),
        (400, BAD_CREDENTIALS, True),
        (200, BAD_CREDENTIALS, True),
        (400, b"{" + BAD_CREDENTIALS, True),
        (400, CALL_NOT_FOUND, False),
        (404, b"", False),
        (200, b'{"success": true}', False),
    ],
)
def test_refused_key_is_recognised(status: int, body: bytes, is_refused: bool) -> None:
    assert transfer(answering(status, body)).is_key_refused is is_refused


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (429, "7", 7),
        (429, " 0 ", 0),
        (429, "86400", 300),
        (429, "9" * 3000, 300),
        (429, "9" * 5000, None),
        (429, "-1", None),
        (429, "1.5", None),
        (429, "Wed, 21 Oct 2026 07:28:00 GMT", None),
        (503, "7", None),
    ],
)
def test_pause_of_a_429_is_read_and_capped(status: int, header: str, seconds: int | None) -> None:
    answer = transfer(answering(status, b"", **{"Retry-After": header}))

    assert answer.retry_after_seconds == seconds


@pytest.mark.parametrize(
    ("destination_type", "wire"),
    [("external_number", "EXTERNALNUMBER"), ("sip_user", "SIP_USER"), ("sip_trunk", "SIP_TRUNK")],
)
def test_exactly_four_fields_are_sent(destination_type: str, wire: str) -> None:
    seen: list[httpx.Request] = []
    transport = httpx.MockTransport(lambda request: seen.append(request) or httpx.Response(500))  # type: ignore[func-returns-value]
    client = tenios.TeniosClient(access_key=KEY, base_url="https://tenios.test", transport=transport)

    client.transfer_call(call_uuid=CALL_UUID, destination_type=destination_type, destination="Zentrale Köln")

    assert [str(request.url) for request in seen] == ["https://tenios.test/transfer-call"]
    assert seen[0].headers["content-type"] == "application/json"
    assert json.loads(seen[0].content) == {
        "access_key": KEY,
        "call_uuid": CALL_UUID,
        "destination_type": wire,
        "destination": "Zentrale Köln",
    }


def test_unknown_destination_type_is_never_sent() -> None:
    seen: list[httpx.Request] = []
    transport = httpx.MockTransport(lambda request: seen.append(request) or httpx.Response(200))  # type: ignore[func-returns-value]
    client = tenios.TeniosClient(access_key=KEY, base_url="https://tenios.test", transport=transport)

    with pytest.raises(tenios.UnknownDestinationType):
        client.transfer_call(call_uuid=CALL_UUID, destination_type="EXTERNALNUMBER", destination="+4922100000000")

    assert seen == []


@pytest.mark.parametrize(("key", "shown"), [(KEY, "••••cdef"), ("short-key", "••••"), ("", "••••")])
def test_masked_request_is_the_sent_one_without_the_key(key: str, shown: str) -> None:
    client = tenios.TeniosClient(access_key=key, base_url="https://tenios.test")

    masked = client.masked_request(call_uuid=CALL_UUID, destination_type="sip_user", destination="1001")

    assert masked == {
        "access_key": shown,
        "call_uuid": CALL_UUID,
        "destination_type": "SIP_USER",
        "destination": "1001",
    }


@pytest.mark.parametrize(
    "body",
    [
        f'{{"error_code":"{KEY}","error_message":"bad {KEY}","fields":["{KEY}"]}}',
        f'{{"error_code":"{KEY[:9]}\\u0000{KEY[9:]}","error_message":"{KEY.upper()}"}}',
        f'{{"error_message":"{"m" * 290}{KEY}","fields":["{"f" * 50}{KEY}"]}}',
        f"{'x' * 4080}{KEY}",
        f'{{"error_code": "{KEY}"',
        f"no json {KEY} {KEY}",
        f"cut off in the key: {KEY[:-1]}",
    ],
)
def test_echoed_access_key_is_removed_from_the_answer(body: str) -> None:
    answer = transfer(answering(400, body.encode()))

    everything = str({name: getattr(answer, name) for name in answer.__slots__}).lower() + repr(answer)
    assert KEY[:20] not in everything
    assert "••••" in everything


def test_access_key_with_quotes_is_removed_in_its_escaped_form_too() -> None:
    key = 'a"b\\c-0123456789'

    answer = transfer(lambda request: httpx.Response(400, content=request.content), key=key)

    assert "0123456789" not in answer.body
    assert '"access_key": "••••"' in answer.body


def test_kept_body_is_verbatim_storable_and_at_most_4_kib() -> None:
    short = transfer(answering(500, b"<html>\x00\xff</html>"))
    long = transfer(answering(500, "ü".encode() * 4000))

    assert short.body == "<html>\ufffd\ufffd</html>"
    assert long.body == "ü" * 2048


def test_access_key_is_in_no_log_and_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    client = tenios.TeniosClient(
        access_key=KEY, base_url="https://tenios.test", transport=httpx.MockTransport(answering(400, KEY.encode()))
    )

    answer = client.transfer_call(call_uuid=CALL_UUID, destination_type="sip_user", destination="1001")

    assert KEY not in caplog.text + repr(client) + repr(answer) + str(vars(type(client)))
