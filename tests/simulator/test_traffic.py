"""Calls that keep coming: how many, for whom."""

from simulator.traffic import MOST_LIVE_CALLS, Traffic

from .conftest import Stage


def test_agents_and_colleagues_never_have_two_calls(stage: Stage) -> None:
    traffic = Traffic(world=stage.world, calls_per_minute=60)
    most = 0

    for _ in range(600):
        stage.clock.advance(1)
        busy = [user for call in stage.world.live_calls() for user in call.occupied_sip_users]
        most = max(most, len(stage.world.live_calls()))
        assert len(busy) == len(set(busy))

    assert traffic.calls_per_minute == 60
    assert 3 <= most <= 5
    assert stage.world.counters["calls"] > 15


def test_no_call_comes_for_an_agent_who_has_one(stage: Stage) -> None:
    for user in ("ada", "ben", "clara.weiss", "deniz.aydin", "emil.roth"):
        stage.world.start_call(agent=user)

    started = Traffic(world=stage.world).start_one()

    assert started is None


def test_live_calls_are_capped(stage: Stage) -> None:
    for _ in range(MOST_LIVE_CALLS):
        stage.world.start_call(agent="somebody.else")

    assert Traffic(world=stage.world).start_one() is None


def test_traffic_stops_when_told_so(stage: Stage) -> None:
    traffic = Traffic(world=stage.world, calls_per_minute=60)
    stage.clock.advance(3)
    count = stage.world.counters["calls"]

    traffic.change_pace(0)
    stage.clock.advance(60)

    assert count >= 1
    assert stage.world.counters["calls"] == count


def test_traffic_is_varied_and_ends_by_itself(stage: Stage) -> None:
    traffic = Traffic(world=stage.world, calls_per_minute=30)

    stage.clock.advance(3600)
    traffic.change_pace(0)
    stage.clock.advance(400)

    causes = {record["hangup_cause"] for record in stage.records()}
    assert stage.world.live_calls() == []
    assert stage.world.counters["calls"] > 50
    assert {"NORMAL_CLEARING", "NO_ANSWER"} <= causes
    assert "anonymous" in {record["callerid_number"] for record in stage.records()}
