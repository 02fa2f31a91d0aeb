"""A made-up TENIOS for these tests: its SIP users, and a client that speaks to it over a real socket."""

from typing import Any

from simulator.server import Simulator
from transfers.directory.sip_users import ReviewItem, ask_for_fetch, fetch_if_wanted, read_items
from transfers.tenios import TeniosClient

KEY = "00000000-1111-2222-3333-444444444444"


def client_of(simulator: Simulator, *, key: str = KEY) -> TeniosClient:
    """Return a client of the simulator."""
    return TeniosClient(access_key=key, base_url=simulator.url)


def list_only(simulator: Simulator, users: dict[str, dict[str, Any]]) -> None:
    """Let TENIOS list these users and nobody else."""
    nobody: dict[str, Any] = dict.fromkeys(simulator.account.sip_users)
    simulator.account.options.change({"sip_user_changes": {**nobody, **users}})


def anna(**fields: Any) -> dict[str, Any]:
    """One SIP user as TENIOS lists her."""
    return {"anna": {"first_name": "Anna", "last_name": "Arndt", "internal_extension": "12", **fields}}


def fetch(simulator: Simulator) -> None:
    """Request a fetch, and make it."""
    ask_for_fetch()
    assert fetch_if_wanted(client=client_of(simulator))


def item_of(user_name: str) -> ReviewItem:
    """Return what the review says of one user."""
    [item] = [item for item in read_items() if item.row.user_name == user_name]
    return item
