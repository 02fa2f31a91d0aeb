"""What TENIOS does not document about its posts is decided by options."""

import pytest

from .conftest import ONE_CALL, Stage


@pytest.mark.parametrize(
    ("choice", "posts"), [("return", []), ("return_with_posts", ["INITIATE_FORWARD", "FORWARD_ANSWER"])]
)
def test_option_connects_the_caller_with_the_agent_again(stage: Stage, choice: str, posts: list[str]) -> None:
    stage.options.change({"failed_transfer": choice})
    call = stage.account.start_call(agent="ada")
    stage.posts.clear()

    stage.transfer(call, outcome="busy")
    stage.clock.advance(10)

    assert (call.state, call.current_leg and call.current_leg.destination) == ("connected", "ada")
    assert stage.post_types() == ["INITIATE_FORWARD", *posts]


def test_option_posts_call_end_at_once_and_only_once(stage: Stage) -> None:
    stage.options.change({"call_end_after_transfer": "at_once"})
    call = stage.account.start_call(agent="ada", talk_seconds=20)
    stage.posts.clear()

    stage.transfer(call)
    stage.clock.advance(60)

    assert stage.post_types() == ["CALL_END", "INITIATE_FORWARD", "FORWARD_ANSWER"]
    assert call.state == "ended"


def test_option_omits_forward_posts_of_a_transfer(stage: Stage) -> None:
    stage.options.change({"forward_posts_after_transfer": "none"})
    call = stage.account.start_call(agent="ada", talk_seconds=20)
    stage.posts.clear()

    stage.transfer(call)
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
