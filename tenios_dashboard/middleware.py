"""The project's own middleware: NUL characters, monitoring, the user's language, sessions that ended under htmx."""

from collections.abc import Callable
from urllib.parse import unquote, urlencode

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import translation
from django_htmx.middleware import HtmxDetails

from transfers.models import User

Handler = Callable[[HttpRequest], HttpResponseBase]

MONITORING_PATHS = {"/healthz", "/readyz", "/metrics"}


def refuse_nul(get_response: Handler) -> Handler:
    """Answer 400 to a NUL character in the address or a cookie: a query with one raises an error on PostgreSQL.

    Must come before everything that asks the database. In posted forms each field refuses it.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        return HttpResponseBadRequest() if _has_nul(request) else get_response(request)

    return respond


def _has_nul(request: HttpRequest) -> bool:
    texts = (request.path, unquote(request.META.get("QUERY_STRING", "")), *request.COOKIES.values())
    return any("\0" in text for text in texts)


def ignore_cookies_of_monitoring(get_response: Handler) -> Handler:
    """Remove the cookies of requests to the monitoring addresses, so that no session is read for them.

    Must come before SessionMiddleware. While the database is away, reading the session would fail, and the answer that
    the database is away would be an error page.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        if request.path in MONITORING_PATHS:
            request.COOKIES = {}
        return get_response(request)

    return respond


def use_language_of_user(get_response: Handler) -> Handler:
    """Switch to the language of the signed-in user, which overrules browser and cookie.

    Must come after LocaleMiddleware and AuthenticationMiddleware.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        if isinstance(request.user, User):
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return get_response(request)

    return respond


def sign_in_with_whole_page(get_response: Handler) -> Handler:
    """Make htmx load the sign-in page as a whole when the session has ended.

    The browser would follow the redirect by itself, and htmx would insert the sign-in page into a part of the old one.
    Must come after HtmxMiddleware.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        return _replace_redirect_to_sign_in(request, get_response(request))

    return respond


def _replace_redirect_to_sign_in(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return 401 with `HX-Redirect` to sign-in, which then leads back to the whole page; other responses unchanged."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    sign_in = resolve_url(settings.LOGIN_URL)
    if not htmx or response.get("Location", "").partition("?")[0] != sign_in:
        return response
    page = _current_page(htmx)
    address = f"{sign_in}?{urlencode({REDIRECT_FIELD_NAME: page})}" if page else sign_in
    return HttpResponse(status=401, headers={"HX-Redirect": address})


def _current_page(htmx: HtmxDetails) -> str | None:
    """Return path and query of the page in the browser; None where the header names another host or is no address."""
    try:
        return htmx.current_url_abs_path
    except ValueError:
        return None
