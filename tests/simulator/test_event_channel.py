"""Posts that come late, twice, out of order or not at all."""

from .conftest import Stage


def test_posts_come_late_when_told_so(stage: Stage) -> None:
    stage.options.change({"event_delay_seconds": 3})

    stage.world.start_call(agent="ada")
    before = stage.post_types()
    stage.clock.advance(3)

    assert before == []
    assert len(stage.post_types()) == 4


def test_posts_come_twice_when_told_so(stage: Stage) -> None:
    stage.options.change({"event_duplicate_share": 1})

    stage.world.start_call(agent="ada")

    assert stage.post_types()[:4] == ["CALL_START", "CALL_START", "BLOCK_END/ANNOUNCEMENT", "BLOCK_END/ANNOUNCEMENT"]


def test_posts_are_lost_when_told_so_and_the_records_still_tell_of_the_end(stage: Stage) -> None:
    call = stage.world.start_call(agent="ada")
    told = stage.post_types()
    stage.options.change({"event_lost_share": 1})

    stage.world.hang_up(call.call_uuid)
    stage.clock.advance(30)

    now = stage.clock.utc_now()
    records = stage.world.records.select(start=call.inbound.started_at, end=now, at=stage.clock.monotonic())
    assert stage.post_types() == told
    assert call.call_uuid in {record["uuid"] for record in records}


def test_posts_are_overtaken_when_told_so_and_none_is_lost(stage: Stage) -> None:
    stage.options.change({"event_reorder_share": 0.5})

    for _ in range(5):
        stage.world.start_call(agent="ada")
    stage.clock.advance(2)

    kinds = stage.post_types()
    assert len(kinds) == 20
    assert kinds != ["CALL_START", "BLOCK_END/ANNOUNCEMENT", "INITIATE_FORWARD", "FORWARD_ANSWER"] * 5


def test_last_post_is_not_held_back_for_ever(stage: Stage) -> None:
    stage.options.change({"event_reorder_share": 1})

    stage.world.start_call(agent="ada")
    before = stage.post_types()
    stage.clock.advance(2)

    assert before == []
    assert len(stage.post_types()) == 4
