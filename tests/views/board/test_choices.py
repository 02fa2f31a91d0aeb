import pytest
from django.test import Client

from tests.factories import make_call
from transfers.models import CallState, ServiceNumber, User

pytestmark = pytest.mark.django_db

SAVE = "/board/choices/"
HOTLINE = "+492214710100"


def rows_of(html: str) -> dict[str, bool]:
    """Return for each row, in the order of the page, whether it is shown."""
    rows = {}
    for part in html.split("<tr ")[1:]:
        tag = part.split(">")[0]
        if 'id="call-' in tag:
            rows[tag.split('id="call-')[1].split('"')[0]] = not tag.startswith("hidden ")
    return rows


def test_choices_are_saved_and_the_board_follows_them(client: Client, ada: User) -> None:
    client.force_login(ada)
    talking = make_call(agent=ada, called_number=HOTLINE)
    mine_elsewhere = make_call(called_number=HOTLINE)
    waiting = make_call(state=CallState.RINGING, connected_at=None, called_number="+492214710200")

    saved = client.post(SAVE, {"show": "all", "line": HOTLINE, "group": "state", "sort": "duration"})

    ada.refresh_from_db()
    assert (saved.status_code, saved["Location"]) == (302, "/")
    assert ada.board_choices == {"show": "all", "agent": "", "line": HOTLINE, "group": "state", "sort": "duration"}
    for path in ("/", "/board/calls/"):
        html = client.get(path).content.decode()
        assert rows_of(html) == {str(waiting.pk): False, str(talking.pk): False, str(mine_elsewhere.pk): True}
        assert html.count('class="call-group"') == 2 + (path == "/")  # and the script's template of one


def test_script_gets_no_page(client: Client, ada: User) -> None:
    client.force_login(ada)

    saved = client.post(SAVE, {"show": "waiting"}, headers={"HX-Request": "true"})

    ada.refresh_from_db()
    assert (saved.status_code, saved.content) == (204, b"")
    assert ada.board_choices["show"] == "waiting"


def test_field_that_is_not_posted_is_reset(client: Client, ada: User) -> None:
    client.force_login(ada)
    client.post(SAVE, {"agent": "none", "line": HOTLINE, "sort": "state"})

    client.post(SAVE, {"sort": "state"})

    ada.refresh_from_db()
    assert ada.board_choices == {"show": "all", "agent": "", "line": "", "group": "", "sort": "state"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("show", "everything"),
        ("group", "caller"),
        ("sort", "1"),
        ("agent", "-1"),
        ("agent", "1 OR 1=1"),
        ("agent", "9" * 19),
        ("line", "9" * 65),
    ],
)
def test_unknown_choice_is_refused_and_changes_nothing(client: Client, ada: User, field: str, value: str) -> None:
    client.force_login(ada)

    refused = client.post(SAVE, {field: value})

    ada.refresh_from_db()
    assert refused.status_code == 422
    assert field in refused.content.decode()
    assert ada.board_choices == {}


def test_only_a_viewer_of_the_board_saves_choices_and_only_by_post(client: Client, stranger: User, ada: User) -> None:
    unknown = client.post(SAVE)
    client.force_login(stranger)
    refused = client.post(SAVE)
    client.force_login(ada)

    assert (unknown.status_code, refused.status_code) == (302, 403)
    assert client.get(SAVE).status_code == 405


def test_offered_agents_have_a_call_or_are_chosen(client: Client, ada: User, ben: User, sue: User) -> None:
    ServiceNumber.objects.create(number=HOTLINE, name="Hotline")
    make_call(agent=ben, called_number=HOTLINE)
    client.force_login(ada)
    client.post(SAVE, {"agent": str(sue.pk), "line": "+492214710999"})

    html = client.get("/").content.decode()

    assert f'<option value="{ben.pk}">Ben Yıldız</option>' in html
    assert f'<option value="{sue.pk}" selected>Sue Brandt</option>' in html
    assert f'<option value="{HOTLINE}">Hotline</option>' in html
    assert '<option value="+492214710999" selected>' in html


def test_counts_say_how_many_calls_each_kind_would_show(client: Client, ada: User, ben: User) -> None:
    for _ in range(3):
        make_call(agent=ben)
    make_call(state=CallState.RINGING, connected_at=None)
    make_call(state=CallState.ENDED, ended_at=make_call(agent=ada).last_event_at)
    client.force_login(ada)
    client.post(SAVE, {"agent": str(ben.pk)})

    context = client.get("/").context

    assert context["live_count"] == 4
    assert context["counts"] == {"all": 3, "talking": 3}
    assert context["shown_count"] == 3


@pytest.mark.parametrize(("show", "empty"), [("all", "no"), ("transfer", "matches")])
def test_empty_list_says_whether_other_calls_are_hidden(client: Client, ada: User, show: str, empty: str) -> None:
    client.force_login(ada)
    assert 'data-empty="calls"' in client.get("/board/calls/").content.decode()

    make_call()
    client.post(SAVE, {"show": show})

    assert f'data-empty="{empty}"' in client.get("/board/calls/").content.decode()
