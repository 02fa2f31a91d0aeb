"""The people of the tests, a database with real commits, and the selection and order of tests."""

from collections.abc import Generator, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction
from django.utils import translation
from pytest_django import DjangoDbBlocker

from tests.factories import make_user
from tests.foreign_lock import NO_IDLE_TIMEOUT
from tests.proofs.figures import take_figures
from transfers.audit_log import guard
from transfers.lifecycle import guard as transfer_guard
from transfers.models import User

ROLES: dict[str, list[str]] = import_module("transfers.migrations.0002_roles").ROLES
ROLES_NOW = ROLES | {
    "supervisor": [*ROLES["supervisor"], "decide_approvals", "manage_directory"],
    "administrator": [
        *(codename for codename in ROLES["administrator"] if not codename.endswith("_destination")),
        *("manage_connection", "manage_number_rules", "manage_directory"),
    ],
}

_DATABASE_FIXTURES = {"db", "transactional_db", "committed_db", "live_server", "django_db_setup"}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Begin every test in English, because a request of a German reader changes the language of the thread."""
    with translation.override("en"):
        yield


@pytest.fixture
def ada(db: None) -> User:
    """An agent."""
    return make_user(role="agent", username="ada", first_name="Ada", last_name="Keller")


@pytest.fixture
def ben(db: None) -> User:
    """Another agent."""
    return make_user(role="agent", username="ben", first_name="Ben", last_name="Yıldız")


@pytest.fixture
def sue(db: None) -> User:
    """A supervisor."""
    return make_user(role="supervisor", username="sue", first_name="Sue", last_name="Brandt")


@pytest.fixture
def root_admin(db: None) -> User:
    """An administrator: accounts and directory, no board."""
    return make_user(role="administrator", username="root", is_staff=True)


@pytest.fixture
def stranger(db: None) -> User:
    """Somebody with an account and no role."""
    return make_user(username="stranger")


@pytest.fixture
def committed_db(_rebuilt_after_flush: None, transactional_db: None) -> Iterator[None]:
    """A database with real commits, which threads and other processes see. It is flushed after the test.

    The triggers of audit log and transfers would refuse the flush, so they are removed before it. Triggers and roles
    are restored for the next test. Every test that commits gets this fixture: with `transactional_db`, `live_server` or
    the mark `django_db(transaction=True)` as well.
    """
    yield
    with transaction.atomic():
        guard.remove(connection)
        transfer_guard.remove(connection)


@pytest.fixture
def _rebuilt_after_flush(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    yield
    with django_db_blocker.unblock(), transaction.atomic():
        guard.install(connection)
        transfer_guard.install(connection, transfer_guard.steps_of_table())
        for name, codenames in ROLES_NOW.items():
            group, _ = Group.objects.get_or_create(name=name)
            group.permissions.set(
                Permission.objects.filter(content_type__app_label="transfers", codename__in=codenames)
            )


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of `make test`, which runs the suite once on each database at the same time."""
    parser.addoption("--both-databases", action="store_true", help="leave out what the run on the other database does")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Select and order the tests. Where commits are real, set up `committed_db` first, so that it is torn down last."""
    if config.getoption("--both-databases"):
        is_left_out = {item: _belongs_to_other_run(item) for item in items}
        config.hook.pytest_deselected(items=[item for item in items if is_left_out[item]])
        items[:] = [item for item in items if not is_left_out[item]]
    for item in items:
        if isinstance(item, pytest.Function) and _commits(item):
            item.fixturenames.insert(0, "committed_db")
        if group := _work_of_one_process(item.path.as_posix()):
            item.add_marker(pytest.mark.xdist_group(group))
    # Browsers and proofs first on SQLite and last on PostgreSQL: the two runs do not need them at the same time.
    items.sort(key=lambda item: bool(item.get_closest_marker("xdist_group")) == (connection.vendor == "postgresql"))


def _work_of_one_process(path: str) -> str | None:
    """Name the group that one process runs: all stories share a running system, the tests of a proof a database."""
    return "stories" if "/stories/" in path else path if "/proofs/" in path else None


def _belongs_to_other_run(item: pytest.Item) -> bool:
    """Whether the run on the other database does this: a story that names it, or a test that uses no database.

    Tests without a database run on SQLite.
    """
    if story := item.get_closest_marker("once_on"):
        return bool(story.args[0] != connection.vendor)
    uses_database = item.get_closest_marker("flow") or _DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
    return connection.vendor == "postgresql" and not uses_database


def _commits(item: pytest.Function) -> bool:
    marker = item.get_closest_marker("django_db")
    # As pytest-django reads its mark: `transaction` and `reset_sequences` are its first arguments, or named ones.
    names = ("transaction", "reset_sequences")
    is_marked = marker is not None and any([*marker.args[:2], *(marker.kwargs.get(name) for name in names)])
    return is_marked or not {"committed_db", "transactional_db", "live_server"}.isdisjoint(item.fixturenames)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach the figures that a proof has reported, so that they reach the process that prints the summary."""
    report = yield
    report.user_properties += [("figure", figure) for figure in take_figures()]
    return report


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print what the proofs counted."""
    for reports in terminalreporter.stats.values():
        for name, figure in (pair for report in reports for pair in getattr(report, "user_properties", ())):
            if name == "figure":
                terminalreporter.write_line(f"{connection.vendor}: {figure}")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite: remove the write-ahead log of a killed run, which Django leaves and which would damage the new file.

    PostgreSQL: allow a test's transaction to be idle for any time.
    """
    if connection.vendor == "postgresql":
        connection.settings_dict["OPTIONS"]["options"] += NO_IDLE_TIMEOUT
    else:
        for suffix in ("-wal", "-shm"):
            Path(f"{settings.DATABASES['default']['TEST']['NAME']}{suffix}").unlink(missing_ok=True)
