from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.factories import make_call, make_transfer
from transfers.history import HistoryFilter, filtered_transfers
from transfers.models import DestinationType, Transfer, TransferState, User

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def make_row(agent: User | None, **overrides: Any) -> Transfer:
    """A settled transfer, because a call may have only one open one."""
    return make_transfer(agent=agent, **{"state": TransferState.ANSWERED, **overrides})


def test_agents_see_their_own_transfers_and_supervisors_all(ada: User, ben: User, sue: User) -> None:
    adas, bens, of_a_deleted_user = make_row(ada), make_row(ben), make_row(None)

    visible = {user: set(filtered_transfers(user=user, filters=HistoryFilter())) for user in (ada, ben, sue)}

    assert visible == {ada: {adas}, ben: {bens}, sue: {adas, bens, of_a_deleted_user}}


@pytest.mark.parametrize(
    "filters",
    [
        {"text": "gas"},
        {"text": "KELLER"},
        {"text": "störung"},
        {"text": "c1f0e7a2"},
        {"text": "C1F0E7A2-5D34-4B9E-8A61-2F90D3B7E518"},
        {"caller_digest": "d" * 64},
        {"destination_type": "external_number"},
        {"destination": "+491713920012"},
        {"outcome": "rejected"},
        {"from_at": NOON, "until_at": NOON + timedelta(seconds=1)},
    ],
    ids=str,
)
def test_each_filter_selects_the_matching_transfer(sue: User, ada: User, ben: User, filters: dict[str, Any]) -> None:
    call = make_call(call_uuid="c1f0e7a2-5d34-4b9e-8a61-2f90d3b7e518", caller_digest="d" * 64)
    expected = make_row(
        ada,
        call=call,
        requested_at=NOON,
        destination_type=DestinationType.EXTERNAL_NUMBER,
        destination="+491713920012",
        destination_name="Störungsdienst Gas",
        state=TransferState.REJECTED,
    )
    make_row(ben, requested_at=NOON + timedelta(seconds=1))
    make_row(ben, requested_at=NOON - timedelta(microseconds=1))

    selected = filtered_transfers(user=sue, filters=HistoryFilter(**filters))

    assert list(selected) == [expected]


def test_search_ignores_the_case_of_umlauts_on_both_databases(sue: User, ada: User) -> None:
    expected = make_row(ada, destination_name="Ölheizung")

    assert list(filtered_transfers(user=sue, filters=HistoryFilter(text="ölheizung"))) == [expected]


def test_agent_filter_selects_one_agents_transfers(sue: User, ada: User, ben: User) -> None:
    adas = make_row(ada)
    make_row(ben)

    assert list(filtered_transfers(user=sue, filters=HistoryFilter(agent_id=ada.pk))) == [adas]
