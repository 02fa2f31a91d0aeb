"""The answers of POST /transfer-call, exactly as the documentation shows them."""

from typing import Any

import pytest

from .conftest import Stage

UNKNOWN_CALL = "5f0c1d2e-aaaa-4bbb-8ccc-1234567890ab"
NUMBER = "+4922100000000"
NOT_FOUND = (
    '{"success":false,"error_code":"CALL_UUID_NOT_FOUND","error_message":"The call wasn\'t found",'
    '"fields":["call_uuid"]}'
)
INVALID_JSON = (
    '{"error_code":"INVALID_JSON","error_message":"An invalid JSON object was provided in the request body.",'
    '"fields":[]}'
)
BAD_KEY = '{"error_code":"BAD_CREDENTIALS","error_message":"Bad credentials","fields":[]}'


def request_for(running_call: str, **changes: Any) -> dict[str, Any]:
    return {"call_uuid": running_call, "destination_type": "EXTERNALNUMBER", "destination": NUMBER, **changes}


def test_transfer_of_a_connected_call_is_accepted(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada")

    answer = stage.request_transfer(**request_for(call.call_uuid))

    assert answer == (200, '{"success":true}')
    assert call.state == "transferring"


@pytest.mark.parametrize(
    ("changes", "status", "body"),
    [
        (
            {"destination_type": "EXTERNAL"},
            400,
            '{"success":false,"error_code":"INVALID_VALUE","error_message":"Invalid parameter type or format",'
            '"fields":["destination_type"]}',
        ),
        (
            {"call_uuid": "1234567890"},
            400,
            '{"error_code":"INVALID_FIELD","error_message":"Invalid \'call_uuid\' input parameter. '
            'Invalid value - \'1234567890\'.","fields":["call_uuid"]}',
        ),
        ({"call_uuid": UNKNOWN_CALL}, 400, NOT_FOUND),
        ({"access_key": "wrong"}, 403, BAD_KEY),
        ({"access_key": 5}, 403, BAD_KEY),
        *[({name: None}, 400, INVALID_JSON) for name in ("access_key", "call_uuid", "destination_type", "destination")],
        (
            {"destination": ""},
            400,
            '{"error_code":"INVALID_FIELD","error_message":"Invalid \'destination\' input parameter. '
            'Invalid value - \'\'.","fields":["destination"]}',
        ),
        # Each fault is found before the next in the order of checks.
        ({"access_key": "wrong", "destination": None}, 400, INVALID_JSON),
        ({"access_key": "wrong", "destination_type": "EXTERNAL"}, 403, BAD_KEY),
    ],
)
def test_each_error_has_its_documented_answer(stage: Stage, changes: dict[str, Any], status: int, body: str) -> None:
    call = stage.account.start_call(agent="ada")

    answer = stage.request_transfer(**request_for(call.call_uuid, **changes))

    assert answer == (status, body)
    assert call.state == "connected"


def test_body_that_is_no_json_object_is_invalid_json(stage: Stage) -> None:
    outgoing, entry = stage.endpoint.handle(None)

    assert (outgoing.answer.status, outgoing.answer.body.decode()) == (400, INVALID_JSON)
    assert entry.fields is None


def test_option_refuses_the_right_key_and_the_call_is_not_moved(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada")
    stage.options.change({"key_refused": True})

    answer = stage.request_transfer(**request_for(call.call_uuid))

    assert answer == (403, BAD_KEY)
    assert call.state == "connected"


def test_option_answers_a_wrong_key_with_400(stage: Stage) -> None:
    stage.options.change({"bad_key_answer": "400"})

    answer = stage.request_transfer(**request_for(UNKNOWN_CALL, access_key="wrong"))

    assert answer == (400, BAD_KEY)


@pytest.mark.parametrize(
    ("choice", "code"), [("call_uuid_not_found", "CALL_UUID_NOT_FOUND"), ("made_up_code", "CALL_NOT_CONNECTED")]
)
def test_call_without_connected_agent_is_not_transferable(stage: Stage, choice: str, code: str) -> None:
    stage.options.change({"not_connected_answer": choice})
    call = stage.account.start_call(agent="ada", answered=False)

    status, body = stage.request_transfer(**request_for(call.call_uuid))

    assert status == 400
    assert f'"{code}"' in body
    assert call.state == "ringing"


def test_ended_call_is_not_found(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada")
    stage.account.hang_up(call.call_uuid)

    assert stage.request_transfer(**request_for(call.call_uuid)) == (400, NOT_FOUND)


def test_call_uuid_is_case_sensitive(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada")

    assert stage.request_transfer(**request_for(call.call_uuid.upper())) == (400, NOT_FOUND)


@pytest.mark.parametrize(("choice", "status"), [("accept", 200), ("refuse", 400)])
def test_option_decides_a_second_transfer_while_one_rings(stage: Stage, choice: str, status: int) -> None:
    stage.options.change({"second_transfer": choice})
    call = stage.account.start_call(agent="ada")
    stage.request_transfer(**request_for(call.call_uuid))

    answer = stage.request_transfer(**request_for(call.call_uuid))

    assert answer[0] == status
    assert [entry["acted"] for entry in stage.ledger.as_json()] == [True, status == 200]


@pytest.mark.parametrize(
    ("destination_type", "destination"),
    [("EXTERNALNUMBER", "0221 123"), ("SIP_USER", "nobody"), ("SIP_TRUNK", "Trunk-Sued")],
)
def test_option_refuses_an_impossible_destination(stage: Stage, destination_type: str, destination: str) -> None:
    stage.options.change({"bad_destination": "refuse"})
    call = stage.account.start_call(agent="ada")

    status, body = stage.request_transfer(
        call_uuid=call.call_uuid, destination_type=destination_type, destination=destination
    )

    assert status == 400
    assert '"fields":["destination"]' in body


def test_ledger_records_what_was_really_done(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada")
    stage.request_transfer(**request_for(call.call_uuid, destination_type="EXTERNAL"))
    stage.request_transfer(**request_for(call.call_uuid))

    refused, accepted = stage.ledger.as_json()

    assert (refused["acted"], refused["error_code"], refused["leg_uuid"]) == (False, "INVALID_VALUE", None)
    assert accepted["acted"]
    assert call.current_leg is not None
    assert accepted["leg_uuid"] == call.current_leg.uuid
    assert accepted["fields"] == request_for(call.call_uuid)
    assert (accepted["at"], accepted["at_monotonic"]) == ("2026-05-04T09:00:00.000Z", 100.0)
