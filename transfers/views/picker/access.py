"""Who may open the picker, and for which call."""

from django.http import Http404

from transfers.lifecycle.refusals import CallNotFound
from transfers.lifecycle.transferable import transferable_call
from transfers.models import Call, User

MAY_TRANSFER = ["transfers.view_board", "transfers.request_transfer"]


def call_or_404(user: User, call_uuid: str) -> Call:
    """Return the call if this person may transfer it; raises `Http404` for any other."""
    try:
        return transferable_call(user=user, call_uuid=call_uuid)
    except CallNotFound:
        raise Http404 from None
