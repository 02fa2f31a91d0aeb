"""The answers of POST /transfer-call, exactly as the documentation shows them."""

from typing import Any

import pytest

from .conftest import Stage
from .transfers import BAD_KEY, INVALID_JSON, NOT_FOUND, UNKNOWN_CALL, request_for


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


def test_ended_call_is_not_found(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada")
    stage.account.hang_up(call.call_uuid)

    assert stage.request_transfer(**request_for(call.call_uuid)) == (400, NOT_FOUND)


def test_call_uuid_is_case_sensitive(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada")

    assert stage.request_transfer(**request_for(call.call_uuid.upper())) == (400, NOT_FOUND)


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
