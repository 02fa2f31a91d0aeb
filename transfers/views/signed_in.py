"""The request type of views that require a signed-in user."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from transfers.models import User


class SignedInRequest(HttpRequest):
    """A request after `login_required` and `HtmxMiddleware`."""

    user: User
    htmx: HtmxDetails
