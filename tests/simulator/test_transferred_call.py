"""The course of a transferred call: how its destination answers, its posts, its call records."""

import pytest

from .conftest import TARGET, Stage


def test_answered_transfer_posts_its_leg_and_ends_with_the_talk(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada", talk_seconds=60)
    stage.posts.clear()

    stage.transfer(call)
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

    stage.transfer(call, outcome=outcome)
    stage.clock.advance(10)

    leg = stage.record_of(TARGET)
    assert (leg["hangup_cause"], leg["answer_stamp"], leg["billusec"]) == (cause, None, 0)
    assert stage.post_types()[-2:] == ["INITIATE_FORWARD", "CALL_END"]
    assert call.state == "ended"


def test_caller_who_hangs_up_while_the_destination_rings_cancels_the_leg(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada", service_number="+492214710100")

    stage.transfer(call, outcome="caller_hangs_up")
    stage.clock.advance(10)

    assert stage.record_of("+492214710100")["hangup_cause"] == "NORMAL_CLEARING"
    assert stage.record_of(TARGET)["hangup_cause"] == "ORIGINATOR_CANCEL"


def test_no_answer_takes_thirty_seconds_by_default(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada")
    stage.transfer(call, outcome="no_answer", ring_seconds=None)

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

    stage.transfer(call, outcome=None, ring_seconds=None, destination_type=destination_type, destination=destination)
    stage.clock.advance(10)

    leg = stage.record_of(destination)
    assert (leg["call_type"], leg["hangup_cause"]) == (call_type, cause)


def test_outcome_of_a_destination_is_taken_from_the_option(stage: Stage) -> None:
    stage.options.change({"destination_outcomes": {TARGET: "rejected"}, "answered_share": 1})
    call = stage.account.start_call(agent="ada")

    stage.transfer(call, outcome=None)
    stage.clock.advance(10)

    assert stage.record_of(TARGET)["hangup_cause"] == "CALL_REJECTED"


def test_sip_user_in_another_call_is_busy(stage: Stage) -> None:
    stage.options.change({"answered_share": 1})
    stage.account.start_call(agent="ben")
    call = stage.account.start_call(agent="ada")

    stage.transfer(call, outcome=None, destination_type="SIP_USER", destination="ben")
    stage.clock.advance(10)

    assert stage.record_of("ben")["hangup_cause"] == "USER_BUSY"


def test_second_transfer_stops_ringing_the_first_destination(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada")
    stage.transfer(call, destination="+494066969111")
    stage.clock.advance(2)

    stage.transfer(call)
    stage.clock.advance(20)

    causes = {record["destination_number"]: record["hangup_cause"] for record in stage.records()}
    assert causes == {"ada": "NORMAL_CLEARING", "+494066969111": "ORIGINATOR_CANCEL"}
    assert call.state == "transferred"


def test_records_of_a_transferred_call_refer_to_each_other(stage: Stage) -> None:
    call = stage.account.start_call(
        agent="ada", caller="+4917139200123", service_number="+492214710100", talk_seconds=61
    )
    stage.clock.advance(10)
    stage.transfer(call)
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
