"""Hundreds of calls at once: written into the database of the running system and published like any change.

No post of TENIOS would bring so many in the time of a test.
"""

import json
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Page

from scripts.stack import Stack
from tests.stories.system_shell import run_in_system

_FILL = """
import json, random, uuid
from datetime import timedelta
from django.contrib.auth.models import Group
from django.utils import timezone

rng, now = random.Random(7), timezone.now()
names = ["Jonas Weber", "Aylin Demir", "Özlem Şahin", "Élise Dupont", "Björn Ångström", "Ole Oß", "Ole Os"]
agents = []
for number in range(14):
    first, last = names[number % len(names)].split()
    agent, _ = User.objects.get_or_create(username=f"busy-{number}", defaults={"first_name": first, "last_name": last})
    agents.append(agent)
for number, name in [("+492214719901", "Service"), ("+492214719902", "Ärzte-Hotline")]:
    ServiceNumber.objects.get_or_create(number=number, defaults={"name": name})
lines = ["+492214719901", "+492214719902", "+492214719903"]
calls = []
for number in range(COUNT):
    state = rng.choice(["ringing", "menu", "forwarding", "connected", "connected"])
    started = now - timedelta(seconds=rng.uniform(1, 50))
    agent = rng.choice(agents) if state in ("forwarding", "connected") else None
    calls.append(Call(
        call_uuid=f"busy-{uuid.uuid4()}", state=state, agent=agent, agent_since_at=started if agent else None,
        caller_number=f"+49302312{number:04d}", called_number=rng.choice(lines), started_at=started,
        connected_at=now - (now - started) * rng.random() if state == "connected" else None, last_event_at=now,
    ))
Call.objects.bulk_create(calls)
"""

_CHANGE = """
import json, time
from datetime import timedelta
from django.db import transaction
from django.utils import timezone
from transfers.live.publishing import publish_on_commit

def apply(call_uuid, **change):
    now = timezone.now()
    ages = {name: now - timedelta(seconds=value) for name, value in change.items() if name.endswith("_at")}
    values = {"last_event_at": now, **change, **ages}
    with transaction.atomic():
        if not Call.objects.filter(call_uuid=call_uuid).update(**values):
            Call.objects.create(call_uuid=call_uuid, **{"started_at": now, **values})
        call = Call.objects.get(call_uuid=call_uuid)
        publish_on_commit(call_id=call.pk, user_ids=[call.agent_id])

for step in json.loads(STEPS):
    for change in step:
        apply(**change)
    time.sleep(0.3)
"""

_EMPTY = """
from datetime import timedelta
from django.utils import timezone
ended_at = timezone.now() - timedelta(minutes=1)
Call.objects.live().filter(call_uuid__startswith="busy-").update(state="ended", ended_at=ended_at)
User.objects.update(board_choices={})
"""

_READ = """(root) => [...root.querySelectorAll("#call-rows > tbody")].map((body) => [
    body.querySelector(".call-group:not([hidden]) .call-group__title")?.textContent.trim() ?? "",
    [...body.querySelectorAll('.call-row:not([hidden], [data-state="ended"])')].map((row) => row.id),
]).filter(([, rows]) => rows.length)"""

Groups = list[tuple[str, list[str]]]
"""The title of each group and the ids of the rows that are shown in it."""


def fill_board(stack: Stack, count: int) -> None:
    """Write that many calls, at most 50 s old, of fourteen agents and on three lines."""
    run_in_system(stack, _FILL.replace("COUNT", str(count)))


def empty_board(stack: Stack) -> None:
    """End all calls, and reset everybody's choices on the board."""
    run_in_system(stack, _EMPTY)


Change = dict[str, Any]
"""A call, named by its `call_uuid`, and its new values. A value whose name ends in `_at` is in seconds ago."""


def change_calls(stack: Stack, *changes: Change) -> None:
    """Change or create calls, and publish the changes to all boards."""
    change_in_steps(stack, [changes])


def change_in_steps(stack: Stack, steps: Sequence[Sequence[Change]]) -> None:
    """Apply several lists of changes, with a short pause after each."""
    run_in_system(stack, _CHANGE.replace("STEPS", repr(json.dumps(steps))))


def shown_groups(page: Page) -> Groups:
    """Return the groups and rows that the page shows."""
    return [(title, rows) for title, rows in page.evaluate(f"({_READ})(document)")]


def server_groups(page: Page) -> Groups:
    """Return the groups and rows of the list that the server would send now."""
    groups = page.evaluate(
        f"""async () => {{
            const html = await (await fetch("/board/calls/")).text();
            return ({_READ})(new DOMParser().parseFromString(html, "text/html"));
        }}"""
    )
    return [(title, rows) for title, rows in groups]


def choose(page: Page, **choices: str) -> None:
    """Choose in the panel above the list, and wait until the choice is saved."""
    for name, value in choices.items():
        with page.expect_response("**/board/choices/"):
            page.locator(f"#board-{name}").evaluate(
                """(select, value) => {
                    select.value = value;
                    select.dispatchEvent(new Event("change", { bubbles: true }));
                }""",
                value,
            )


def show(page: Page, kind: str) -> None:
    """Press one of the tabs above the list, and wait until the choice is saved."""
    with page.expect_response("**/board/choices/"):
        page.locator(f"#board-tools [name=show][value={kind}]").check(force=True)


def user_id(stack: Stack, username: str) -> int:
    """Return the id of a person of the demo."""
    return int(run_in_system(stack, f"print(User.objects.get(username={username!r}).pk)"))
