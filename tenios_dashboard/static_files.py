"""Serves static files before Django is asked: without middleware, thread, session or database."""

from io import BytesIO
from typing import cast

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from servestatic import ServeStaticASGI

from transfers.base.asgi import Application, Message, Receive, Scope, Send

_MAX_AGE_SECONDS = 0
"""For names without a hash, such as what a module imports: the browser asks each time whether the file is the same."""
_MANIFEST = ManifestStaticFilesStorage.manifest_name
"""A file of Django among the collected ones. It must not be served: it lists all names."""


def is_static(scope: Scope) -> bool:
    """Whether a request is answered here. One in clear text that must move to https is answered by Django."""
    is_below = scope["type"] == "http" and scope["path"].startswith(settings.STATIC_URL)
    return is_below and (scope["scheme"] == "https" or not settings.SECURE_SSL_REDIRECT)


def make_static_files() -> Application:
    """Return the application for everything below `STATIC_URL`. A name that is not there is a short 404.

    The headers are added here and not by the header function of ServeStatic, which is called for files only: 304, 404
    and 405 would go without.
    """
    serve, headers = _collected_files(), security_headers()

    async def serve_with_headers(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        await serve(scope, receive, send_with_headers)

    return serve_with_headers


def _collected_files() -> Application:
    """Return the server of what `collectstatic` collected. With DEBUG the sources come first and are read each time."""
    serve = ServeStaticASGI(None, max_age=_MAX_AGE_SECONDS, autorefresh=settings.DEBUG)
    for root in (settings.STATIC_ROOT, *(settings.STATICFILES_DIRS if settings.DEBUG else ())):
        serve.add_files(root, prefix=settings.STATIC_URL)
    serve.files.pop(f"{settings.STATIC_URL}{_MANIFEST}", None)
    return cast(Application, serve)


def security_headers() -> list[tuple[bytes, bytes]]:
    """Return the headers that the middleware gives every page on https: content security policy, HSTS and the like."""
    scope = {"type": "http", "method": "GET", "scheme": "https", "path": "/", "query_string": b"", "headers": []}
    respond = SecurityMiddleware(CSPMiddleware(XFrameOptionsMiddleware(lambda _request: HttpResponse())))
    response = cast(HttpResponse, respond(ASGIRequest(scope, BytesIO())))
    del response["Content-Type"]
    return [(name.lower().encode(), value.encode()) for name, value in response.items()]
