"""Loads the agents of a run into the database of the environment: `chaos00`, `chaos01`, ... with one SIP user each.

A program of its own, so that the run itself looks at the product from outside only. It signs them in as well and prints
their sessions as JSON, user name to session key: checking a password takes most of a second of the machine each time.
"""

import json
import os
import sys
from importlib import import_module
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest


def main() -> None:
    """Make as many agents as the argument says, and a session for each."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenios_dashboard.settings")
    django.setup()

    users, addresses = (apps.get_model("transfers", name) for name in ("User", "AgentAddress"))
    agents = apps.get_model("auth", "Group").objects.get(name="agent")
    sessions: dict[str, str] = {}
    for number in range(int(sys.argv[1])):
        name = agent_name(number)
        user = users.objects.create(username=name, first_name="Agent", last_name=f"{number:02d}")
        user.groups.add(agents)
        addresses.objects.create(address=name, user=user)
        sessions[name] = _open_session(user)
    print(json.dumps(sessions))


def agent_name(number: int) -> str:
    """Return the user name of an agent, which is their SIP user as well."""
    return f"chaos{number:02d}"


def _open_session(user: Any) -> str:
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    return str(request.session.session_key)


if __name__ == "__main__":
    main()
