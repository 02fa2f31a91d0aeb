"""Opens sessions without the sign-in form: checking a password takes most of a second of processor time."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest


def open_session(user: Any) -> str:
    """Sign the user in; return the session key, the value of the cookie `sessionid`."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    return str(request.session.session_key)
