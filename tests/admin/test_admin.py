"""The administrators' site: who may use it, what is validated, and what nobody may change."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD, make_call, make_transfer, make_user
from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.models import AgentAddress, AuditEntry, Call, ServiceNumber, Transfer, User

EDITED = ["user", "servicenumber"]
SHOWN = ["call", "callevent", "transfer", "auditentry"]


@pytest.fixture
def administrator(client: Client, root_admin: User) -> Client:
    """A browser with the administrator signed in."""
    client.force_login(root_admin)
    return client


@pytest.fixture
def superuser(client: Client, db: None) -> Client:
    """A browser with a superuser signed in."""
    client.force_login(make_user(username="super", is_staff=True, is_superuser=True))
    return client


def page(model: str, name: str, *args: Any) -> str:
    return reverse(f"admin:transfers_{model}_{name}", args=args)


def person_form(**fields: Any) -> dict[str, Any]:
    inline = {"addresses-TOTAL_FORMS": "0", "addresses-INITIAL_FORMS": "0"}
    return {"username": "cleo", "first_name": "Cleo", "last_name": "", "email": "", "language": "de"} | inline | fields


@pytest.mark.parametrize("model", EDITED)
def test_administrator_opens_list_and_forms(administrator: Client, root_admin: User, model: str) -> None:
    entries = {
        "user": root_admin,
        "servicenumber": ServiceNumber.objects.create(number="+492214710100", name="Hotline"),
    }

    addresses = [page(model, "changelist"), page(model, "add"), page(model, "change", entries[model].pk)]

    for address in addresses:
        response = administrator.get(address)
        assert response.status_code == 200
        assert "Transferdesk" in response.content.decode()


@pytest.mark.parametrize("username", ["ada", "sue", "stranger"])
def test_other_roles_are_refused(client: Client, ada: User, sue: User, stranger: User, username: str) -> None:
    client.force_login(User.objects.get(username=username))

    statuses = {client.get(page(model, "changelist")).status_code for model in (*EDITED, *SHOWN)}

    assert statuses <= {302, 403}


@pytest.mark.parametrize(
    ("typed", "saved"), [("0221/4710-100", "+492214710100"), ("0180 6 123456", "+491806123456"), ("0221 47", None)]
)
def test_service_number_of_any_type_is_stored_as_e164(administrator: Client, typed: str, saved: str | None) -> None:
    response = administrator.post(page("servicenumber", "add"), {"number": typed, "name": "Hotline"})

    assert response.status_code == (302 if saved else 200)
    assert list(ServiceNumber.objects.values_list("number", flat=True)) == ([saved] if saved else [])


def test_new_person_gets_role_and_phones(administrator: Client) -> None:
    form = person_form(
        usable_password="true",
        password1=PASSWORD,
        password2=PASSWORD,
        groups=[Group.objects.get(name="agent").pk],
        is_active="on",
        **{
            "addresses-TOTAL_FORMS": "2",
            "addresses-0-address": " cleo.K ",
            "addresses-1-address": "0221/4710 05-63",
        },
    )

    response = administrator.post(page("user", "add"), form)

    assert response.status_code == 302
    cleo = User.objects.get(username="cleo")
    assert set(cleo.addresses.values_list("address", flat=True)) == {"cleo.K", "+4922147100563"}
    assert cleo.has_perm("transfers.request_transfer")
    assert (cleo.language, cleo.is_staff, cleo.is_superuser) == ("de", False, False)


@pytest.mark.parametrize(
    ("typed", "words"),
    [("0221 47", "digit is missing"), ("cleo@example.org", "SIP name only"), ("0221 4710100", "already exists")],
)
def test_invalid_phone_is_refused_and_the_typed_text_stays(
    administrator: Client, ada: User, typed: str, words: str
) -> None:
    AgentAddress.objects.create(user=ada, address="+492214710100")
    cleo = make_user(username="cleo")
    form = person_form(**{"addresses-TOTAL_FORMS": "1", "addresses-0-address": typed})

    response = administrator.post(page("user", "change", cleo.pk), form)

    assert response.status_code == 200
    assert words in response.content.decode()
    assert f'value="{typed}"' in response.content.decode()
    assert not cleo.addresses.exists()


@pytest.mark.parametrize(("role", "is_staff"), [("administrator", True), ("supervisor", False)])
def test_site_is_open_to_administrators_only(administrator: Client, role: str, is_staff: bool) -> None:
    cleo = make_user(username="cleo", is_staff=not is_staff)

    administrator.post(
        page("user", "change", cleo.pk), person_form(is_active="on", groups=[Group.objects.get(name=role).pk])
    )

    cleo.refresh_from_db()
    assert cleo.is_staff is is_staff
    assert [group.name for group in cleo.groups.all()] == [role]


def test_administrator_can_neither_create_nor_edit_a_superuser(administrator: Client, root_admin: User) -> None:
    boss = make_user(username="boss", is_superuser=True, is_staff=True)
    extra = Group.objects.create(name="everything")
    permissions = list(Group.objects.get(name="supervisor").permissions.values_list("pk", flat=True))
    forged = person_form(username="root", is_active="on", is_superuser="on", user_permissions=permissions)

    administrator.post(page("user", "change", root_admin.pk), {**forged, "groups": [extra.pk]})
    opened = administrator.get(page("user", "change", boss.pk))
    password = administrator.post(
        reverse("admin:auth_user_password_change", args=[boss.pk]), {"password1": "x" * 12, "password2": "x" * 12}
    )

    root_admin.refresh_from_db()
    assert not root_admin.is_superuser
    assert not root_admin.user_permissions.exists()
    assert [group.name for group in root_admin.groups.all()] == ["administrator"]
    assert (opened.status_code, password.status_code) == (302, 404)


@pytest.mark.parametrize("model", SHOWN)
def test_administrator_cannot_read_records(administrator: Client, model: str) -> None:
    assert administrator.get(page(model, "changelist")).status_code == 403


def test_superuser_reads_records_and_cannot_change_them(superuser: Client, ada: User) -> None:
    transfer = make_transfer(agent=ada, call=make_call(agent=ada))
    entry = audit_log.record(actor="worker", action=AuditAction.TRANSFER_SENDING, detail={"note": "kept secret"})

    for model, key in (("call", transfer.call_id), ("transfer", transfer.pk), ("auditentry", entry.pk)):
        assert superuser.get(page(model, "changelist")).status_code == 200
        assert superuser.get(page(model, "change", key)).status_code == 200
        assert superuser.post(page(model, "change", key), {"state": "ended"}).status_code == 403
        assert superuser.get(page(model, "add")).status_code == 403
        assert superuser.post(page(model, "delete", key), {"post": "yes"}).status_code == 403
        ticked = {"action": "delete_selected", "_selected_action": [key], "post": "yes"}
        superuser.post(page(model, "changelist"), ticked)

    assert "kept secret" in superuser.get(page("auditentry", "change", entry.pk)).content.decode()
    assert superuser.get(page("callevent", "changelist")).status_code == 200
    assert (Call.objects.count(), Transfer.objects.count(), AuditEntry.objects.count()) == (1, 1, 1)
