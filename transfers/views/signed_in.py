"""What a view may rely on once nobody but a signed-in person gets in."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from transfers.models import User


class SignedInRequest(HttpRequest):
    """A request as `login_required` and `HtmxMiddleware` leave it."""

    user: User
    htmx: HtmxDetails
