from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import get_resolver

from transfers.models import User
from transfers.views import refusals


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("draw", "error", "status"),
    [(refusals.permission_denied, PermissionDenied(), 403), (refusals.page_not_found, Http404(), 404)],
)
def test_the_thread_that_draws_a_refusal_keeps_no_connection(
    client: Client,
    ada: User,
    draw: Callable[[HttpRequest, Exception], HttpResponse],
    error: Exception,
    status: int,
) -> None:
    client.force_login(ada)
    request = client.get("/").wsgi_request

    def draw_elsewhere() -> tuple[int, bool]:
        return draw(request, error).status_code, connection.connection is None

    with ThreadPoolExecutor(1) as other_thread:
        drawn = other_thread.submit(draw_elsewhere).result(timeout=20)

    assert drawn == (status, True)


def test_these_are_the_pages_that_django_draws() -> None:
    resolver: Any = get_resolver()

    assert resolver.resolve_error_handler(403) is refusals.permission_denied
    assert resolver.resolve_error_handler(404) is refusals.page_not_found
