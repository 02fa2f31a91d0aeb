from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_user
from transfers.live.viewers import Audience, Viewer, find_viewers
from transfers.models import User

AGENT = Audience("en", may_transfer_any=False)
SUPERVISOR = Audience("en", may_transfer_any=True)


def signed_in(user: User) -> str:
    client = Client()
    client.force_login(user)
    assert client.session.session_key
    return client.session.session_key


def viewer_of(session_key: str) -> Viewer | None:
    return find_viewers({session_key}).get(session_key)


def sign_out(user: User) -> None:
    Session.objects.all().delete()


def let_session_expire(user: User) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


def corrupt_session(user: User) -> None:
    Session.objects.update(session_data="not signed by us")


def change_password(user: User) -> None:
    user.set_password("another password")
    user.save()


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def delete(user: User) -> None:
    user.delete()


def remove_role(user: User) -> None:
    user.groups.clear()


def remove_permission_from_role(user: User) -> None:
    Group.objects.get(name="agent").permissions.remove(Permission.objects.get(codename="view_board"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        sign_out,
        let_session_expire,
        corrupt_session,
        change_password,
        deactivate,
        delete,
        remove_role,
        remove_permission_from_role,
    ],
)
def test_a_user_who_may_no_longer_see_the_board_is_no_viewer(ada: User, change: Callable[[User], None]) -> None:
    session_key = signed_in(ada)
    assert viewer_of(session_key) == Viewer(ada.pk, AGENT)

    change(ada)

    assert viewer_of(session_key) is None


@pytest.mark.django_db
def test_a_session_without_sign_in_has_no_viewer(ada: User) -> None:
    client = Client()
    session = client.session
    session["theme"] = "dark"
    session.save()

    assert find_viewers({str(session.session_key), "no such session", ""}) == {}


@pytest.mark.django_db
def test_a_new_language_or_permission_makes_another_viewer(ada: User) -> None:
    session_key = signed_in(ada)

    User.objects.filter(pk=ada.pk).update(language="de")
    assert viewer_of(session_key) == Viewer(ada.pk, Audience("de", may_transfer_any=False))

    ada.groups.add(Group.objects.get(name="supervisor"))
    assert viewer_of(session_key) == Viewer(ada.pk, Audience("de", may_transfer_any=True))


@pytest.mark.django_db
def test_a_permission_of_the_user_itself_counts_and_so_do_superusers() -> None:
    alone, superuser = make_user(), make_user(is_superuser=True)
    alone.user_permissions.add(Permission.objects.get(codename="view_board"))

    assert viewer_of(signed_in(alone)) == Viewer(alone.pk, AGENT)
    assert viewer_of(signed_in(superuser)) == Viewer(superuser.pk, SUPERVISOR)


@pytest.mark.django_db
def test_forty_sessions_cost_two_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    people = [make_user(role="supervisor" if number % 2 else "agent") for number in range(20)]
    session_keys = {person: [signed_in(person), signed_in(person)] for person in people}

    with django_assert_num_queries(2):
        found = find_viewers([key for keys in session_keys.values() for key in keys])

    assert len(found) == 40
    for number, person in enumerate(people):
        expected = Viewer(person.pk, SUPERVISOR if number % 2 else AGENT)
        assert [found[key] for key in session_keys[person]] == [expected, expected]
