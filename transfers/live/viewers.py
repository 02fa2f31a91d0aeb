"""Who reads a stream: finds the users behind sessions, and what they may see on the board.

A session that ran out, was deleted or belongs to another password counts as signed out.
"""

from collections.abc import Collection, Mapping
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

from transfers.models import User


@dataclass(frozen=True, slots=True)
class Audience:
    """The viewers who see the same row: same language, same right to transfer any call."""

    language: str
    may_transfer_any: bool


@dataclass(frozen=True, slots=True)
class Viewer:
    """The user who reads a stream, and what they may see. If this changes, the stream ends and the page reopens it."""

    user_id: int
    audience: Audience


def find_viewers(session_keys: Collection[str]) -> Mapping[str, Viewer]:
    """Return the viewer of each session, in two queries. Left out: sessions that are over or may not see the board."""
    valid = Session.objects.filter(session_key__in=session_keys, expire_date__gt=timezone.now())
    sign_ins = {key: _read_sign_in(data) for key, data in valid.values_list("session_key", "session_data")}
    accounts = _find_accounts({user_id for user_id, _hash in sign_ins.values() if user_id})
    viewers = {}
    for key, (user_id, auth_hash) in sign_ins.items():
        password, viewer = accounts.get(user_id, ("", None))
        if viewer and constant_time_compare(auth_hash, _auth_hash(password)):
            viewers[key] = viewer
    return viewers


def _find_accounts(user_ids: Collection[str]) -> dict[str, tuple[str, Viewer]]:
    """Return password hash and viewer of the users who may see the board, by user id."""
    any_call = Exists(_users_with("transfer_any_call").filter(pk=OuterRef("pk")))
    users = _users_with("view_board").filter(pk__in=user_ids).annotate(may_transfer_any=any_call)
    return {
        str(pk): (password, Viewer(pk, Audience(language, may_transfer_any)))
        for pk, password, language, may_transfer_any in users.values_list(
            "pk", "password", "language", "may_transfer_any"
        )
    }


def _users_with(codename: str) -> QuerySet[User]:
    """Active users who have this permission themselves, by a group, or as superusers.

    The same users as `User.objects.with_perm` finds, in a quarter of the time: that runs its subqueries for each user.
    """
    permission = Permission.objects.filter(codename=codename, content_type__app_label="transfers")
    by_group = permission.filter(group__user__isnull=False).values("group__user")
    by_themselves = permission.filter(user__isnull=False).values("user")
    return User.objects.filter(Q(is_superuser=True) | Q(pk__in=by_group) | Q(pk__in=by_themselves), is_active=True)


# Sessions and passwords are checked each second and seldom change, so decoding and hashing are cached.
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
