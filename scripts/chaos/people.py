"""Loads the agents of a run into the database of the environment: `chaos00`, `chaos01`, ... with one SIP user each.

A program of its own, so that the run itself looks at the product from outside only. The password comes in the
environment (DEMO_PASSWORD).
"""

import os
import sys

import django
from django.apps import apps
from django.contrib.auth.hashers import make_password


def main() -> None:
    """Make as many agents as the argument says."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenios_dashboard.settings")
    django.setup()

    users, addresses = (apps.get_model("transfers", name) for name in ("User", "AgentAddress"))
    password = make_password(os.environ["DEMO_PASSWORD"])  # one hash for all: each takes most of a second
    agents = apps.get_model("auth", "Group").objects.get(name="agent")
    for number in range(int(sys.argv[1])):
        name = agent_name(number)
        user = users.objects.create(username=name, password=password, first_name="Agent", last_name=f"{number:02d}")
        user.groups.add(agents)
        addresses.objects.create(address=name, user=user)


def agent_name(number: int) -> str:
    """Return the user name of an agent, which is their SIP user as well."""
    return f"chaos{number:02d}"


if __name__ == "__main__":
    main()
