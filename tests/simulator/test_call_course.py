"""The course of a call that is not transferred: its states, its posts, its call records."""

import pytest

from simulator.account import CallNotRunning

from .conftest import EVENT_KEY, ONE_CALL, Stage


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
