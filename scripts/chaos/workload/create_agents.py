"""Creates the agents of a run in the database that the environment names: `chaos00`, `chaos01`, ... each a SIP user.

    python -m scripts.chaos.workload.create_agents COUNT

Prints their sessions as JSON, user name to session key. It is a program of its own, so that the run itself uses the
product only over HTTP.
"""

import json
import os
import sys

import django
from django.apps import apps

from scripts.sessions import open_session


def main() -> None:
    """Create the agents, and a session for each."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenios_dashboard.settings")
    django.setup()
    users, addresses = (apps.get_model("transfers", name) for name in ("User", "AgentAddress"))
    group = apps.get_model("auth", "Group").objects.get(name="agent")
    sessions: dict[str, str] = {}
    for number in range(int(sys.argv[1])):
        name = agent_name(number)
        user = users.objects.create(username=name, first_name="Agent", last_name=f"{number:02d}")
        user.groups.add(group)
        addresses.objects.create(address=name, user=user)
        sessions[name] = open_session(user)
    print(json.dumps(sessions))


def agent_name(number: int) -> str:
    """Return the user name of an agent, which is their SIP user as well."""
    return f"chaos{number:02d}"


if __name__ == "__main__":
    main()
