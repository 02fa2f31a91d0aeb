"""The language of the signed-in person wins over the browser's and over the cookie."""

from collections.abc import Awaitable, Callable
from typing import cast

from asgiref.sync import iscoroutinefunction
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.decorators import sync_and_async_middleware

from transfers.models import User

Person = User | AnonymousUser
SyncHandler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


def _speak_to(request: HttpRequest, person: Person) -> None:
    if isinstance(person, User):
        translation.activate(person.language)
        request.LANGUAGE_CODE = translation.get_language()


@sync_and_async_middleware
def UserLanguageMiddleware(get_response: SyncHandler | AsyncHandler) -> SyncHandler | AsyncHandler:  # noqa: N802
    """Switch to the person's language. Stands after LocaleMiddleware and AuthenticationMiddleware.

    On ASGI the person is read by `auser()`, without a detour through a thread of the middleware's own, and kept as
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
