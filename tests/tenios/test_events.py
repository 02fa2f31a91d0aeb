"""Call events: the documented samples, hostile bodies, and some hundred random bodies."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transfers import tenios
from transfers.tenios import CallEvent, CallEventKind, InvalidCallEvent

FORWARD_ANSWER_TYPES = ["FORWARD_ANSWER", "ANSWER_FORWARD", "FORWARD_ANSWERED", "CALL_FORWARD_ANSWER"]
KEY = "secret-from-portal"
CALL_UUID = "5f0c1d2e-aaaa-4bbb-8ccc-1234567890ab"
VARIABLES = {
    "destination_number": "+4922100000000",
    "correlation_id": CALL_UUID,
    "call_uuid": CALL_UUID,
    "caller_id_number": "+4917000000000",
}


def parse(body: bytes) -> CallEvent:
    return tenios.parse_call_event(body, forward_answer_types=FORWARD_ANSWER_TYPES)


def parse_post(variables: object = VARIABLES, **top: object) -> CallEvent:
    post = {"requestType": "CALL_START", "customerNumber": 200000, "accessKey": KEY, "variables": variables, **top}
    return parse(json.dumps(post).encode())


def test_documented_event_is_read_completely() -> None:
    body = (
        b'{"requestType":"BLOCK_END","blockType":"ANNOUNCEMENT","customerNumber":200000,"accessKey":"secret-from-portal",'
        b'"variables":{"destination_number":"+4922100000000","correlation_id":"5f0c1d2e-aaaa-4bbb-8ccc-1234567890ab",'
        b'"call_uuid":"5f0c1d2e-aaaa-4bbb-8ccc-1234567890ab","caller_id_number":"+4917000000000"}}'
    )

    event = parse(body)

    assert event == CallEvent(
        kind=CallEventKind.BLOCK_ENDED,
        request_type="BLOCK_END",
        call_uuid=CALL_UUID,
        caller_number="+4917000000000",
        called_number="+4922100000000",
        variables=VARIABLES,
        access_key=KEY,
        stored_json=event.stored_json,
    )
    assert json.loads(event.stored_json) == {
        "requestType": "BLOCK_END",
        "blockType": "ANNOUNCEMENT",
        "customerNumber": 200000,
        "variables": VARIABLES,
    }


@pytest.mark.parametrize(
    ("request_type", "kind"),
    [
        ("CALL_START", CallEventKind.CALL_STARTED),
        ("BLOCK_END", CallEventKind.BLOCK_ENDED),
        ("INITIATE_FORWARD", CallEventKind.FORWARD_STARTED),
        ("CALL_END", CallEventKind.CALL_ENDED),
        ("call_end", CallEventKind.CALL_ENDED),
        (" Call_Start ", CallEventKind.CALL_STARTED),
        ("FORWARD_ANSWER", CallEventKind.FORWARD_ANSWERED),
        ("answer_forward", CallEventKind.FORWARD_ANSWERED),
        ("Forward_Answered", CallEventKind.FORWARD_ANSWERED),
        ("CALL_FORWARD_ANSWER", CallEventKind.FORWARD_ANSWERED),
        ("EXTERNAL_CALL_CONTROL", CallEventKind.OTHER),
        ("", CallEventKind.OTHER),
        (None, CallEventKind.OTHER),
        (7, CallEventKind.OTHER),
        (["CALL_END"], CallEventKind.OTHER),
    ],
)
def test_request_type_gives_the_kind_in_any_case(request_type: object, kind: CallEventKind) -> None:
    assert parse_post(requestType=request_type).kind is kind


def test_new_name_of_the_forward_answer_needs_only_a_setting() -> None:
    body = b'{"requestType": "ANSWERED"}'

    assert tenios.parse_call_event(body, forward_answer_types=["", " answered "]).kind is CallEventKind.FORWARD_ANSWERED
    assert tenios.parse_call_event(body, forward_answer_types=[""]).kind is CallEventKind.OTHER
    assert tenios.parse_call_event(b"{}", forward_answer_types=[""]).kind is CallEventKind.OTHER


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("+4917000000000", "+4917000000000"),
        ("anonymous", ""),
        ("Anonymous", ""),
        (" UNKNOWN ", ""),
        ("", ""),
        (None, ""),
        (4917000000000, "4917000000000"),
        ("+49" + "1" * 100, "+49" + "1" * 61),
    ],
)
def test_withheld_caller_has_no_number(number: object, read: str) -> None:
    assert parse_post({**VARIABLES, "caller_id_number": number}).caller_number == read


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (CALL_UUID.upper(), CALL_UUID.upper()),
        (f" {CALL_UUID} ", CALL_UUID),
        ("a" * 64, "a" * 64),
        ("a" * 65, ""),
        ("../../admin", ""),
        ("a/b", ""),
        ("a\x00b", ""),
        ("\ud800", ""),
        ("é", ""),
        (17, "17"),
        (["x"], ""),
        (None, ""),
    ],
)
def test_call_id_is_read_verbatim_or_not_at_all(sent: object, read: str) -> None:
    assert parse_post({**VARIABLES, "call_uuid": sent}).call_uuid == read


def test_variables_of_any_type_become_texts() -> None:
    event = parse_post({"a": 1, "b": 1.5, "c": True, "d": None, "e": [1, "x"], "f": {"g": None}, "h": "\ud800\x00"})

    assert event.variables == {
        "a": "1",
        "b": "1.5",
        "c": "true",
        "d": "",
        "e": '[1, "x"]',
        "f": '{"g": null}',
        "h": "\ufffd\ufffd",
    }


@pytest.mark.parametrize("variables", [None, [], "x", 7, [["call_uuid", "x"]]])
def test_event_without_variables_is_read_without_a_call_id(variables: object) -> None:
    event = parse_post(variables)

    assert (event.call_uuid, event.variables, event.kind) == ("", {}, CallEventKind.CALL_STARTED)


def test_texts_for_columns_are_cut() -> None:
    long = "x" * 500

    event = parse_post({"destination_number": long, "collected_digit": long}, requestType=long)

    assert {event.request_type, event.called_number} == {"x" * 64}
    assert event.variables["collected_digit"] == long


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b'"CALL_START"',
        b"17",
        b"{",
        b'{"a": 1}}',
        b"{'a': 1}",
        b"\xff\xfe{\x00}\x00",
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b"{\x00}",
        b'{"a": "\x00"}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"a":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"a":' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"requestType": "CALL_START"',
        b"a=b&c=d",
        b"{" + b",".join(b'"accessKey":"key-%04d"' % number for number in range(1000)) + b"}",
    ],
    ids=lambda body: repr(body[:24]),
)
def test_body_that_is_no_event_is_refused_with_a_message(body: bytes) -> None:
    with pytest.raises(InvalidCallEvent) as caught:
        parse(body)

    assert str(caught.value).startswith("The body ")
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (b"NaN", None),
        (b"-Infinity", None),
        (b"1e999", "1e999"),
        (b"9" * 5000, "9" * 5000),
        (b"-" + b"9" * 5000, "-" + "9" * 5000),
        (b"123456789012345678", 123456789012345678),
        (b"0.1", 0.1),
        (b'"\\u0000a\\ud83d"', "\ufffda\ufffd"),
        (b'"\\ud83d\\ude00"', "😀"),
        (b'"\xc3\xbc"', "ü"),
        (b"[" * 20 + b"]" * 20, json.loads("[" * 20 + "]" * 20)),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_odd_values_are_stored_in_a_form_that_every_database_accepts(value: bytes, stored: object) -> None:
    event = parse(b'{"x": ' + value + b', "x\\u0000\\udfff": 1}')

    assert json.loads(event.stored_json) == {"x": stored, "x\ufffd\ufffd": 1}
    assert "\x00" not in event.stored_json
    event.stored_json.encode()


def test_last_one_of_duplicate_members_counts() -> None:
    event = parse(b'{"requestType":"CALL_START","requestType":"CALL_END","variables":1,"variables":{"call_uuid":"a"}}')

    assert (event.kind, event.call_uuid) == (CallEventKind.CALL_ENDED, "a")


@pytest.mark.parametrize(
    "body",
    [
        b'{"accessKey":"secret-from-portal"}',
        b'{"AccessKey":"secret-from-portal"}',
        b'{"ACCESSKEY":"secret-from-portal"}',
        b'{"access_key":"secret-from-portal"}',
        b'{"Access-Key ":"secret-from-portal"}',
        b'{"\\u0061ccessKey":"\\u0073ecret-from-portal"}',
        b'\xef\xbb\xbf{"accessKey":"secret-from-portal"}',
        b'{"accessKey":"wrong-key","accessKey":"secret-from-portal"}',
        b'{"accessKey":"secret-from-portal","variables":{"accessKey":"another-secret","access_key":"third-secret"}}',
        b'{"accessKey":"secret-from-portal","a":[{"b":[{"ACCESS_KEY":"another-secret"}]}]}',
        b'{"a":"my secret-from-portal!","secret-from-portal":1,"accessKey":"secret-from-portal"}',
        b'{"variables":{"a":"{\\"accessKey\\":\\"secret-from-portal\\"}"},"accessKey":"secret-from-portal"}',
        b'{"a":{"accessKey":{"deep":"another-secret"}},"accessKey":"secret-from-portal"}',
    ],
)
def test_access_key_is_returned_and_not_stored(body: bytes) -> None:
    event = parse(body)

    assert event.access_key == KEY
    for text in (event.stored_json, str(event.variables), repr(event)):
        assert "secret" not in text
        assert "accesskey" not in text.lower().replace("_", "").replace('"accesskey\\', "") or "••••" in text


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"{}", ""),
        (b'{"accessKey":null}', ""),
        (b'{"accessKey":"exact","access_key":"other"}', "exact"),
        (b'{"ACCESSKEY":"first","access_key":"second"}', "second"),
        (b'{"accessKey":["x"]}', ""),
        (b'{"accessKey":{"accessKey":"inner"}}', ""),
        (b'{"variables":{"accessKey":"inner-secret"}}', ""),
        (b'{"accessKey":12345678}', "12345678"),
        (b'{"accessKey":"\\ud800\\u0000"}', "\ufffd\ufffd"),
    ],
)
def test_only_the_outermost_key_is_the_senders(body: bytes, key: str) -> None:
    event = parse(body)

    assert event.access_key == key
    event.access_key.encode()  # the comparison needs bytes


SECRET = "k3y-" + "z9" * 8
NAMES = st.sampled_from(["accessKey", "ACCESS_KEY", "requestType", "variables", "call_uuid", "caller_id_number"])
TEXTS = st.one_of(
    st.just(SECRET), st.just(f"<{SECRET}>"), NAMES, st.text(alphabet='a"\\/é😀\x00\x1f\ud800\udfff\u202e', max_size=8)
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.one_of(NAMES, TEXTS), inner, max_size=4)),
    max_leaves=8,
)
POSTS = st.dictionaries(st.one_of(NAMES, TEXTS), VALUES, max_size=6).map(lambda post: {**post, "accessKey": SECRET})
FUZZ = settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)


@FUZZ
@given(post=POSTS)
def test_every_json_object_is_read_without_its_key(post: dict[str, Any]) -> None:
    event = parse(json.dumps(post).encode())

    again = json.loads(event.stored_json, parse_constant=pytest.fail)
    assert json.dumps(again, ensure_ascii=False) == event.stored_json
    assert event.access_key == SECRET
    assert SECRET not in event.stored_json
    assert SECRET not in str(event.variables)
    assert "\x00" not in event.stored_json
    event.stored_json.encode()
    assert all(len(text) <= 64 for text in (event.call_uuid, event.request_type, event.caller_number))


@FUZZ
@given(
    body=st.one_of(
        st.binary(max_size=200),
        st.text(alphabet='{}[]",:\\u0eE-+.9 accessKeyN\x00', max_size=60).map(str.encode),
        st.tuples(POSTS, st.integers(0, 400), st.binary(max_size=3)).map(
            lambda parts: json.dumps(parts[0]).encode()[: parts[1]] + parts[2]
        ),
    )
)
def test_any_body_is_read_or_refused(body: bytes) -> None:
    try:
        event = parse(body)
    except InvalidCallEvent as refusal:
        assert str(refusal).startswith("The body ")
    else:
        assert isinstance(json.loads(event.stored_json), dict)
