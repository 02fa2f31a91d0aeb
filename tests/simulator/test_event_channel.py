"""Posts that are delayed, duplicated, reordered or lost."""

from .conftest import Stage


def test_option_delays_posts(stage: Stage) -> None:
    stage.options.change({"event_delay_seconds": 3})

    stage.account.start_call(agent="ada")
    before = stage.post_types()
    stage.clock.advance(3)

    assert before == []
    assert len(stage.post_types()) == 4


def test_option_duplicates_posts(stage: Stage) -> None:
    stage.options.change({"event_duplicate_share": 1})

    stage.account.start_call(agent="ada")

    assert stage.post_types()[:4] == ["CALL_START", "CALL_START", "BLOCK_END/ANNOUNCEMENT", "BLOCK_END/ANNOUNCEMENT"]


def test_option_loses_posts_but_not_the_call_records(stage: Stage) -> None:
    call = stage.account.start_call(agent="ada")
    posts_before = stage.post_types()
    stage.options.change({"event_lost_share": 1})

    stage.account.hang_up(call.call_uuid)
    stage.clock.advance(30)

    now = stage.clock.utc_now()
    records = stage.account.records.select(start=call.inbound.started_at, end=now, at=stage.clock.monotonic())
    assert stage.post_types() == posts_before
    assert call.call_uuid in {record["uuid"] for record in records}


def test_option_reorders_posts_and_loses_none(stage: Stage) -> None:
    stage.options.change({"event_reorder_share": 0.5})

    for _ in range(5):
        stage.account.start_call(agent="ada")
    stage.clock.advance(2)

    kinds = stage.post_types()
    assert len(kinds) == 20
    assert kinds != ["CALL_START", "BLOCK_END/ANNOUNCEMENT", "INITIATE_FORWARD", "FORWARD_ANSWER"] * 5


def test_last_post_is_sent_although_none_follows(stage: Stage) -> None:
    stage.options.change({"event_reorder_share": 1})

    stage.account.start_call(agent="ada")
    before = stage.post_types()
    stage.clock.advance(2)

    assert before == []
    assert len(stage.post_types()) == 4
