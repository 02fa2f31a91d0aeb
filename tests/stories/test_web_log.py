"""The log of the web process, as uvicorn and Django write it."""

import httpx
import pytest

from scripts.net import wait_until
from scripts.stack import Stack

pytestmark = pytest.mark.flow

CANARY = "22147105631"


@pytest.mark.parametrize(
    "query",
    [
        "destination=+49{}",
        "q=%2B49{}",
        "q=%2B49%20221%2047105631",
        "q=+49+221+47105631",
        "q=0221%2F471%2005631",
        "q=Ada%20%2B49{}",
    ],
)
def test_web_log_contains_no_number_from_an_address(stack: Stack, query: str) -> None:
    before = len(stack.log("web"))

    httpx.get(f"{stack.web_url}/transfers/?{query.format(CANARY)}", trust_env=False)

    assert wait_until(lambda: "GET /transfers/?" in stack.log("web")[before:], seconds=5)
    written = stack.log("web")[before:]
    assert "…31" in written
    assert [part for part in ("47105631", "05631", CANARY) if part in written] == []
    assert "uvicorn.access" in written
