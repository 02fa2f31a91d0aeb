"""What TENIOS does not document about the answers to transfers is decided by options."""

import pytest

from .conftest import Stage
from .transfers import BAD_KEY, UNKNOWN_CALL, request_for


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
