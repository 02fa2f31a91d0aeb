"""The choices that the filter of the history offers: periods, and the agents and destinations with transfers."""

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.lookups import IsNull
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from transfers.history import visible_transfers, with_destination
from transfers.models import Destination, Transfer, User

Choices = list[tuple[str, str]]

PERIOD_DAYS = {"today": 1, "7d": 7, "30d": 30}
PERIODS = [
    ("", gettext_lazy("All")),
    ("today", gettext_lazy("Today")),
    ("7d", gettext_lazy("7 days")),
    ("30d", gettext_lazy("30 days")),
    ("dates", gettext_lazy("Dates…")),
]


def agent_choices() -> Choices:
    """Return all agents who have transfers, by name; the values are their ids."""
    transfers = Transfer.objects.filter(agent=OuterRef("pk"))
    people = User.objects.filter(_is_any(transfers)).order_by("first_name", "last_name", "username")
    return [("", _("All agents")), *((str(person.pk), person.display_name) for person in people)]


def destination_choices(user: User, *, chosen: str) -> Choices:
    """Return the directory's destinations with transfers that this person may see, and the one that is chosen."""
    transfers = with_destination(visible_transfers(user), OuterRef("address"), OuterRef("destination_type"))
    known = Destination.objects.visible_to(user).filter(_is_any(transfers)).order_by("entry__name", "pk")
    names = known.values_list("pk", "entry__name", "label")
    choices = [("", _("All destinations")), *((f"d{pk}", " · ".join(filter(None, name))) for pk, *name in names)]
    return choices if chosen in dict(choices) else [*choices, (chosen, chosen)]


def _is_any(transfers: QuerySet[Transfer]) -> IsNull:
    """Return the condition that there is one. PostgreSQL turns `Exists` into a join that reads the whole history."""
    return IsNull(Subquery(transfers.values("pk")[:1]), False)
