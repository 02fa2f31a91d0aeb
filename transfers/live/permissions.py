"""Ends event streams when the right to see them ends.

One look a second and web process at everybody who has a board open, in two queries: no stream asks for itself, and none
holds a database connection. A session that ran out or was deleted counts like one that was signed out.
"""

import asyncio
import contextvars
import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Permission
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from transfers.live.streams import Audience, Subscription
from transfers.live.thread import run_on_stream_thread
from transfers.models import User

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
UNPROVED_SECONDS = 5.0
"""How long streams go on while the database does not answer; then nobody knows who may see them, and they end."""

OVER = b"event: over\ndata: {}\n\n"
"""The last frame of a stream whose reader may no longer see it as it was; the page then asks for itself."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose stream it is and what they may see. When that changes the stream ends, and the browser opens another."""

    user_id: int
    audience: Audience


def find_viewers(session_keys: Collection[str]) -> Mapping[str, Viewer]:
    """Return who is behind each of these sessions now; one that is over, or may not see the board, is left out."""
    valid = Session.objects.filter(session_key__in=session_keys, expire_date__gt=timezone.now())
    sign_ins = {key: _read_sign_in(data) for key, data in valid.values_list("session_key", "session_data")}
    readers = _readers({user_id for user_id, _hash in sign_ins.values() if user_id})
    viewers = {}
    for key, (user_id, auth_hash) in sign_ins.items():
        password, viewer = readers.get(user_id, ("", None))
        if viewer and constant_time_compare(auth_hash, _auth_hash(password)):
            viewers[key] = viewer
    return viewers


def _readers(user_ids: Collection[str]) -> dict[str, tuple[str, Viewer]]:
    """Return by id the password hash of those who may see the board, and who they are to it."""
    any_call = Exists(_people_with("transfer_any_call").filter(pk=OuterRef("pk")))
    readers = _people_with("view_board").filter(pk__in=user_ids).annotate(may_transfer_any=any_call)
    return {
        str(pk): (password, Viewer(pk, Audience(language, may_transfer_any)))
        for pk, password, language, may_transfer_any in readers.values_list(
            "pk", "password", "language", "may_transfer_any"
        )
    }


def _people_with(right: str) -> QuerySet[User]:
    """Active people who have it themselves, by a group, or because they may do everything.

    The same people as `User.objects.with_perm` finds, in a quarter of the time: it asks anew for each of them.
    """
    permission = Permission.objects.filter(codename=right, content_type__app_label="transfers")
    by_group = permission.filter(group__user__isnull=False).values("group__user")
    by_themselves = permission.filter(user__isnull=False).values("user")
    return User.objects.filter(Q(is_superuser=True) | Q(pk__in=by_group) | Q(pk__in=by_themselves), is_active=True)


# Sessions and passwords seldom change and are looked at each second: what was worked out once is kept.
@lru_cache(maxsize=10_000)
def _read_sign_in(session_data: str) -> tuple[str, str]:
    """Return user id and authentication hash of a session; both empty where nobody has signed in."""
    session = SessionStore().decode(session_data)
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return "", ""
    return str(session.get(SESSION_KEY, "")), str(session.get(HASH_SESSION_KEY, ""))


@lru_cache(maxsize=10_000)
def _auth_hash(password: str) -> str:
    return User(password=password).get_session_auth_hash()


class PermissionWatch:
    """Knows the open streams of this process and ends those whose viewer has changed. Lives in one event loop."""

    def __init__(self, find_viewers: Callable[[Collection[str]], Mapping[str, Viewer]] = find_viewers) -> None:
        self._find_viewers = find_viewers
        self._streams: dict[Subscription, tuple[str, Viewer]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._proved_at = 0.0

    def add(self, subscription: Subscription, *, session_key: str, viewer: Viewer) -> None:
        """Look after a stream that was opened just now by this viewer."""
        self._streams[subscription] = session_key, viewer
        if self._looking is None or self._looking.done():
            self._proved_at = time.monotonic()
            # An empty context: the looks must not hold on to the request that happened to come first.
            self._looking = asyncio.create_task(self._keep_looking(), context=contextvars.Context())

    def discard(self, subscription: Subscription) -> None:
        """Forget a stream."""
        self._streams.pop(subscription, None)

    async def _keep_looking(self) -> None:
        while self._streams:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._look()
            except Exception:
                logger.exception("it could not be read who may see the open streams")
                if time.monotonic() - self._proved_at > UNPROVED_SECONDS:
                    self._end_all()

    async def _look(self) -> None:
        looked_at = dict(self._streams)
        session_keys = {session_key for session_key, _viewer in looked_at.values()}
        found = await run_on_stream_thread(self._find_viewers, session_keys)
        for subscription, (session_key, viewer) in looked_at.items():
            if found.get(session_key) != viewer:
                subscription.end(OVER)
        self._proved_at = time.monotonic()

    def _end_all(self) -> None:
        for subscription in self._streams:
            subscription.end()
