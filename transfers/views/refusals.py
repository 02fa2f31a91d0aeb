"""The pages "not found" and "not allowed". Like every page they ask the database, for the reader's name and rights.

Among coroutines, as for a static file that is not there, Django draws them on a thread of its own choice, where no end
of a request looks after the connection: it would stay open, and be asked again after the database was away.
"""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views import defaults


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for a right that is missing (`handler403`)."""
    try:
        return defaults.permission_denied(request, exception)
    finally:
        _give_connection_back()


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for what is not there (`handler404`)."""
    try:
        return defaults.page_not_found(request, exception)
    finally:
        _give_connection_back()


def _give_connection_back() -> None:
    """A transaction that is open belongs to somebody else, who will do it."""
    if not connection.in_atomic_block:
        connection.close()
