"""People with sessions: signing in by the form takes most of a second of the machine each time."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import Group
from django.http import HttpRequest

from transfers.models import User


def people(count: int, role: str) -> list[str]:
    """Make so many people of a role, each signed in; return their session keys."""
    group = Group.objects.get(name=role)
    begin = User.objects.count()
    made = [User.objects.create(username=f"bench{begin + number}") for number in range(count)]
    for user in made:
        user.groups.add(group)
    return [_open_session(user) for user in made]


def _open_session(user: User) -> str:
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    return str(request.session.session_key)
