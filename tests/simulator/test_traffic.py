"""The traffic: how many calls begin, and for whom."""

from simulator.traffic import MOST_LIVE_CALLS, Traffic

from .conftest import Stage


def test_agents_and_colleagues_never_have_two_calls(stage: Stage) -> None:
    traffic = Traffic(account=stage.account, calls_per_minute=60)
    most = 0

    for _ in range(600):
        stage.clock.advance(1)
        busy = [user for call in stage.account.live_calls() for user in call.occupied_sip_users]
        most = max(most, len(stage.account.live_calls()))
        assert len(busy) == len(set(busy))

    assert traffic.calls_per_minute == 60
    assert 3 <= most <= 5
    assert stage.account.counters["calls"] > 15


def test_agent_in_a_call_gets_no_other(stage: Stage) -> None:
    for user in ("ada", "ben", "clara.weiss", "deniz.aydin", "emil.roth"):
        stage.account.start_call(agent=user)

    started = Traffic(account=stage.account).start_one()

    assert started is None


def test_number_of_live_calls_is_limited(stage: Stage) -> None:
    for _ in range(MOST_LIVE_CALLS):
        stage.account.start_call(agent="somebody.else")

    assert Traffic(account=stage.account).start_one() is None


def test_traffic_can_be_stopped(stage: Stage) -> None:
    traffic = Traffic(account=stage.account, calls_per_minute=60)
    stage.clock.advance(3)
    count = stage.account.counters["calls"]

    traffic.change_pace(0)
    stage.clock.advance(60)

    assert count >= 1
    assert stage.account.counters["calls"] == count


def test_traffic_is_varied_and_ends_by_itself(stage: Stage) -> None:
    traffic = Traffic(account=stage.account, calls_per_minute=30)

    stage.clock.advance(3600)
    traffic.change_pace(0)
    stage.clock.advance(400)

    causes = {record["hangup_cause"] for record in stage.records()}
    assert stage.account.live_calls() == []
    assert stage.account.counters["calls"] > 50
    assert {"NORMAL_CLEARING", "NO_ANSWER"} <= causes
    assert "anonymous" in {record["callerid_number"] for record in stage.records()}
