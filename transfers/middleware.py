"""What every request passes on its way: no NUL gets in, people read their own language, a lost session takes the page.

All are functions for both worlds: on ASGI none of them costs a detour through a thread.
"""

from collections.abc import Awaitable, Callable
from typing import Any, cast
from urllib.parse import unquote, urlencode

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import translation
from django.utils.decorators import sync_and_async_middleware
from django_htmx.middleware import HtmxDetails
from servestatic.middleware import ServeStaticMiddleware

from transfers.models import User

Person = User | AnonymousUser
SyncHandler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

WATCHED_PATHS = {"/healthz", "/readyz", "/metrics"}


@sync_and_async_middleware
def RefuseNulMiddleware(get_response: SyncHandler | AsyncHandler) -> SyncHandler | AsyncHandler:  # noqa: N802
    """Answer 400 to a NUL in the address or a cookie: PostgreSQL takes none, and asking it would be an error page.

    Stands before everything that asks the database. In posted forms each field refuses it.
    """
    if iscoroutinefunction(get_response):

        async def refuse_async(request: HttpRequest) -> HttpResponseBase:
            if _has_nul(request):
                return HttpResponseBadRequest()
            return await cast(AsyncHandler, get_response)(request)

        return refuse_async

    def refuse(request: HttpRequest) -> HttpResponseBase:
        return HttpResponseBadRequest() if _has_nul(request) else cast(SyncHandler, get_response)(request)

    return refuse


def _has_nul(request: HttpRequest) -> bool:
    texts = (request.path, unquote(request.META.get("QUERY_STRING", "")), *request.COOKIES.values())
    return any("\0" in text for text in texts)


@sync_and_async_middleware
def NobodyWatchesMiddleware(get_response: SyncHandler | AsyncHandler) -> SyncHandler | AsyncHandler:  # noqa: N802
    """Take the cookies off requests that ask how the system fares: whoever watches is nobody in particular.

    Stands before SessionMiddleware. A session would be read from the database before the view is, and the very answer
    that the database is away would be an error page.
    """
    if iscoroutinefunction(get_response):

        async def ask_async(request: HttpRequest) -> HttpResponseBase:
            return await cast(AsyncHandler, get_response)(_without_cookies(request))

        return ask_async

    return lambda request: cast(SyncHandler, get_response)(_without_cookies(request))


def _without_cookies(request: HttpRequest) -> HttpRequest:
    if request.path in WATCHED_PATHS:
        request.COOKIES = {}
    return request


@sync_and_async_middleware
def StaticFilesMiddleware(get_response: SyncHandler | AsyncHandler) -> SyncHandler | AsyncHandler:  # noqa: N802
    """Serve static files among coroutines; the synchronous chain never sees one (tenios_dashboard/asgi.py)."""
    return ServeStaticMiddleware(cast(Any, get_response)) if iscoroutinefunction(get_response) else get_response


@sync_and_async_middleware
def UserLanguageMiddleware(get_response: SyncHandler | AsyncHandler) -> SyncHandler | AsyncHandler:  # noqa: N802
    """Switch to the person's language, which wins over browser and cookie.

    Stands after LocaleMiddleware and AuthenticationMiddleware. On ASGI the person is read by `auser()` and kept as
    `request.user`, so that a synchronous view does not read the same row again.
    """
    if iscoroutinefunction(get_response):

        async def speak_async(request: HttpRequest) -> HttpResponseBase:
            person = await request.auser()
            request.user = person
            _speak_to(request, person)
            return await cast(AsyncHandler, get_response)(request)

        return speak_async

    def speak(request: HttpRequest) -> HttpResponseBase:
        _speak_to(request, request.user)
        return cast(SyncHandler, get_response)(request)

    return speak


def _speak_to(request: HttpRequest, person: Person) -> None:
    if isinstance(person, User):
        translation.activate(person.language)
        request.LANGUAGE_CODE = translation.get_language()


@sync_and_async_middleware
def WholePageSignInMiddleware(get_response: SyncHandler | AsyncHandler) -> SyncHandler | AsyncHandler:  # noqa: N802
    """Take the whole page to sign-in where htmx asked for a part of it and nobody is signed in any more.

    Stands after HtmxMiddleware. A browser follows a redirect unseen, and the sign-in would come to stand in the part.
    """
    if iscoroutinefunction(get_response):

        async def take_async(request: HttpRequest) -> HttpResponseBase:
            return _take_to_sign_in(request, await cast(AsyncHandler, get_response)(request))

        return take_async

    def take(request: HttpRequest) -> HttpResponseBase:
        return _take_to_sign_in(request, cast(SyncHandler, get_response)(request))

    return take


def _take_to_sign_in(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return 401 with `HX-Redirect` for a redirect to sign-in, which then leads back to the page, not to its part."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    sign_in = resolve_url(settings.LOGIN_URL)
    if not htmx or response.get("Location", "").partition("?")[0] != sign_in:
        return response
    page = _page_of(htmx)
    address = f"{sign_in}?{urlencode({REDIRECT_FIELD_NAME: page})}" if page else sign_in
    return HttpResponse(status=401, headers={"HX-Redirect": address})


def _page_of(htmx: HtmxDetails) -> str | None:
    """Return path and query of the page that asked; None where the header names another host or no address at all."""
    try:
        return htmx.current_url_abs_path
    except ValueError:
        return None
