"""Compares the state of each transfer with its audit entries."""

from collections.abc import Iterator

from django.db.models import F, OuterRef, Q, Subquery

from transfers.audit_log.findings import Finding
from transfers.models import AuditEntry, Transfer


def transfers_unlike_their_entries() -> Iterator[Finding]:
    """Yield a finding for each transfer whose state is not the outcome of its last entry that names one.

    Entries of deleted transfers are no finding: the chain outlives the rows.
    """
    steps = AuditEntry.objects.filter(transfer_id=OuterRef("pk"), action__startswith="transfer_").exclude(outcome="")
    last_step = steps.order_by("-seq")
    transfers = Transfer.objects.annotate(
        said=Subquery(last_step.values("outcome")[:1]), said_by=Subquery(last_step.values("seq")[:1])
    )
    unlike = transfers.filter(Q(said=None) | ~Q(state=F("said"))).order_by("pk")
    for pk, state, said, said_by in unlike.values_list("pk", "state", "said", "said_by").iterator():
        if said is None:
            yield Finding(None, f"Transfer {pk} is {state}, and no entry says how it came to be.")
        else:
            yield Finding(said_by, f"Transfer {pk} is {state}, but its last entry, {said_by}, says {said}.")
