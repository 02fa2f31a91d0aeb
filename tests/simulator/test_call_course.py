"""The course of a call: its states, its posts, its call records."""

from typing import Any

import pytest

from simulator.account import CallNotRunning
from simulator.calls import Call

from .conftest import EVENT_KEY, Stage

TARGET = "+493023125640"
ONE_CALL = ["CALL_START", "BLOCK_END/ANNOUNCEMENT", "INITIATE_FORWARD", "FORWARD_ANSWER"]


def transfer(stage: Stage, call: Call, *, outcome: str | None = "answered", **changes: Any) -> None:
    fields = {"destination_type": "EXTERNALNUMBER", "destination": TARGET, "ring_seconds": 5, **changes}
    stage.account.transfer(call, outcome=outcome, **fields)


def test_call_at_once_is_connected_and_its_posts_are_in_order(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada", caller="+493023125100", service_number="+492214710100")

    assert call.state == "connected"
    assert stage.post_types() == ONE_CALL
    assert stage.posts[0] == {
        "requestType": "CALL_START",
        "customerNumber": 200000,
        "accessKey": EVENT_KEY,
        "variables": {
            "destination_number": "+492214710100",
            "correlation_id": call.call_uuid,
            "call_uuid": call.call_uuid,
            "caller_id_number": "+493023125100",
        },
    }
    assert stage.posts[2]["variables"]["forward_destination"] == "ada"


def test_call_at_the_pace_of_people_goes_through_all_states(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada", answered=False, talk_seconds=30)
    states = []

    for _ in range(400):
        states += [call.state] if call.state not in states else []
        stage.clock.advance(0.25)

    assert states == ["ringing", "menu", "forwarding", "connected", "ended"]
    assert [kind for kind in stage.post_types() if kind != "BLOCK_END/COLLECT_DIGITS"] == [
        *ONE_CALL,
        "BLOCK_END/BRIDGE",
        "CALL_END",
    ]


def test_menu_key_is_in_all_later_posts(stage: Stage) -> None:
    stage.account.rng.seed(1)
    calls = [stage.account.start_call(agent="ada", answered=False, talk_seconds=1) for _ in range(8)]
    stage.clock.advance(60)

    with_menu = [call for call in calls if "BLOCK_END/COLLECT_DIGITS" in stage.post_types(call.call_uuid)]
    posts = [post for post in stage.posts if post["variables"]["call_uuid"] == with_menu[0].call_uuid]

    assert 0 < len(with_menu) < len(calls)
    assert ["collected_menu_key" in post["variables"] for post in posts] == [False, False, *[True] * (len(posts) - 2)]


def test_caller_who_hangs_up_ends_the_call(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada")
    stage.clock.advance(12.5)

    stage.account.hang_up(call.call_uuid)

    assert stage.post_types() == [*ONE_CALL, "CALL_END"]
    assert stage.account.live_calls() == []
    with pytest.raises(CallNotRunning):
        stage.account.hang_up(call.call_uuid)


def test_answered_transfer_posts_its_leg_and_ends_with_the_talk(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada", talk_seconds=60)
    stage.posts.clear()

    transfer(stage, call)
    ringing = call.state
    stage.clock.advance(5)
    talking = call.state
    stage.clock.advance(60)

    assert (ringing, talking, call.state) == ("transferring", "transferred", "ended")
    assert stage.post_types() == ["INITIATE_FORWARD", "FORWARD_ANSWER", "BLOCK_END/BRIDGE", "CALL_END"]
    assert stage.posts[0]["variables"]["forward_destination"] == TARGET


@pytest.mark.parametrize(
    ("outcome", "cause"),
    [("busy", "USER_BUSY"), ("no_answer", "NO_ANSWER"), ("rejected", "CALL_REJECTED")],
)
def test_failed_transfer_ends_the_call_with_the_cause_in_its_record(stage: Stage, outcome: str, cause: str) -> None:
    call = stage.account.start_call(agent="ada")

    transfer(stage, call, outcome=outcome)
    stage.clock.advance(10)

    leg = stage.record_of(TARGET)
    assert (leg["hangup_cause"], leg["answer_stamp"], leg["billusec"]) == (cause, None, 0)
    assert stage.post_types()[-2:] == ["INITIATE_FORWARD", "CALL_END"]
    assert call.state == "ended"


def test_caller_who_hangs_up_while_the_destination_rings_cancels_the_leg(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada", service_number="+492214710100")

    transfer(stage, call, outcome="caller_hangs_up")
    stage.clock.advance(10)

    assert stage.record_of("+492214710100")["hangup_cause"] == "NORMAL_CLEARING"
    assert stage.record_of(TARGET)["hangup_cause"] == "ORIGINATOR_CANCEL"


def test_no_answer_takes_thirty_seconds_by_default(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada")
    transfer(stage, call, outcome="no_answer", ring_seconds=None)

    stage.clock.advance(29.9)
    before = call.state
    stage.clock.advance(0.2)

    assert (before, call.state) == ("transferring", "ended")


@pytest.mark.parametrize(
    ("destination_type", "destination", "call_type", "cause"),
    [
        ("SIP_USER", "nobody", "SIPFORWARD_USER", "USER_NOT_REGISTERED"),
        ("SIP_TRUNK", "trunk-nord", "SIPFORWARD_PRFL", "NO_ROUTE_DESTINATION"),
        ("EXTERNALNUMBER", "0221", "FORWARD", "INVALID_NUMBER_FORMAT"),
    ],
)
def test_impossible_destination_is_accepted_and_its_leg_fails(
    stage: Stage, destination_type: str, destination: str, call_type: str, cause: str
) -> None:
    call = stage.account.start_call(agent="ada")

    transfer(stage, call, outcome=None, ring_seconds=None, destination_type=destination_type, destination=destination)
    stage.clock.advance(10)

    leg = stage.record_of(destination)
    assert (leg["call_type"], leg["hangup_cause"]) == (call_type, cause)


def test_outcome_of_a_destination_is_taken_from_the_option(stage: Stage) -> None:
    stage.options.change({"destination_outcomes": {TARGET: "rejected"}, "answered_share": 1})
    call = stage.account.start_call(agent="ada")

    transfer(stage, call, outcome=None)
    stage.clock.advance(10)

    assert stage.record_of(TARGET)["hangup_cause"] == "CALL_REJECTED"


def test_sip_user_in_another_call_is_busy(stage: Stage) -> None:
    stage.options.change({"answered_share": 1})
    stage.account.start_call(agent="ben")
    call = stage.account.start_call(agent="ada")

    transfer(stage, call, outcome=None, destination_type="SIP_USER", destination="ben")
    stage.clock.advance(10)

    assert stage.record_of("ben")["hangup_cause"] == "USER_BUSY"


@pytest.mark.parametrize(
    ("choice", "posts"), [("return", []), ("return_with_posts", ["INITIATE_FORWARD", "FORWARD_ANSWER"])]
)
def test_option_connects_the_caller_with_the_agent_again(stage: Stage, choice: str, posts: list[str]) -> None:
    stage.options.change({"failed_transfer": choice})
    call = stage.account.start_call(agent="ada")
    stage.posts.clear()

    transfer(stage, call, outcome="busy")
    stage.clock.advance(10)

    assert (call.state, call.current_leg and call.current_leg.destination) == ("connected", "ada")
    assert stage.post_types() == ["INITIATE_FORWARD", *posts]


def test_option_posts_call_end_at_once_and_only_once(stage: Stage) -> None:
    stage.options.change({"call_end_after_transfer": "at_once"})
    call = stage.account.start_call(agent="ada", talk_seconds=20)
    stage.posts.clear()

    transfer(stage, call)
    stage.clock.advance(60)

    assert stage.post_types() == ["CALL_END", "INITIATE_FORWARD", "FORWARD_ANSWER"]
    assert call.state == "ended"


def test_option_omits_forward_posts_of_a_transfer(stage: Stage) -> None:
    stage.options.change({"forward_posts_after_transfer": "none"})
    call = stage.account.start_call(agent="ada", talk_seconds=20)
    stage.posts.clear()

    transfer(stage, call)
    stage.clock.advance(60)

    assert stage.post_types() == ["BLOCK_END/BRIDGE", "CALL_END"]


def test_options_decide_the_variables_of_forward_posts(stage: Stage) -> None:
    stage.options.change(
        {
            "forward_answer_type": "ANSWER_FORWARD",
            "forward_target_variable": False,
            "forward_leg_variable": True,
            "forward_destination_number": "target",
        }
    )
    call = stage.account.start_call(agent="ada")

    answer = stage.posts[-1]

    assert answer["requestType"] == "ANSWER_FORWARD"
    assert answer["variables"]["destination_number"] == "ada"
    assert call.current_leg is not None
    assert answer["variables"]["leg_uuid"] == call.current_leg.uuid
    assert "forward_destination" not in answer["variables"]


def test_option_omits_the_post_about_the_answer(stage: Stage) -> None:
    stage.options.change({"forward_answer_type": "none"})

    call = stage.account.start_call(agent="ada")

    assert call.state == "connected"
    assert stage.post_types() == ONE_CALL[:-1]


def test_second_transfer_stops_ringing_the_first_destination(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada")
    transfer(stage, call, destination="+494066969111")
    stage.clock.advance(2)

    transfer(stage, call)
    stage.clock.advance(20)

    causes = {record["destination_number"]: record["hangup_cause"] for record in stage.records()}
    assert causes == {"ada": "NORMAL_CLEARING", "+494066969111": "ORIGINATOR_CANCEL"}
    assert call.state == "transferred"


def test_records_of_a_transferred_call_refer_to_each_other(stage: Stage) -> None:
    call = stage.account.start_call(
        agent="ada", caller="+4917139200123", service_number="+492214710100", talk_seconds=61
    )
    stage.clock.advance(10)
    transfer(stage, call)
    stage.clock.advance(5 + 61)
    early = stage.records()
    stage.clock.advance(5)

    inbound, agent_leg, target_leg = (stage.record_of(number) for number in ("+492214710100", "ada", TARGET))

    assert [record["destination_number"] for record in early] == ["ada"]
    assert target_leg == {
        "uuid": target_leg["uuid"],
        "bleg_uuid": call.call_uuid,
        "main_leg_uuid": call.call_uuid,
        "call_type": "FORWARD",
        "callerid_number": "+4917139200123",
        "callerid_name": None,
        "destination_number": TARGET,
        "start_stamp": "2026-05-04T09:00:10.000Z",
        "answer_stamp": "2026-05-04T09:00:15.000Z",
        "end_stamp": "2026-05-04T09:01:16.000Z",
        "duration": 66,
        "billusec": 61_000_000,
        "hangup_cause": "NORMAL_CLEARING",
        "cost": 0.0122,
        "prepaid": False,
        "source_type": "MOBILE",
        "billing_status": None,
        "routing_status": None,
    }
    assert (inbound["uuid"], inbound["main_leg_uuid"], inbound["bleg_uuid"]) == (
        call.call_uuid,
        None,
        target_leg["uuid"],
    )
    assert (inbound["call_type"], inbound["destination_number"], inbound["duration"]) == (
        "INBOUND",
        "+492214710100",
        76,
    )
    assert (agent_leg["call_type"], agent_leg["callerid_name"]) == ("SIPFORWARD_USER", "+4917139200123")
    assert agent_leg["billusec"] == 10_000_000
