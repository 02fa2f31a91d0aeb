"""What the sign-in may do here: accounts are made by administrators, never by strangers."""

import logging
import smtplib
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import ratelimit
from allauth.core.internal.ratelimit import get_ip
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes the open sign-up of django-allauth, and keeps a mail server's trouble from the person before the form.

    Guessing at an account is bounded for each network first, so that a stranger's guesses lock nobody else out.
    """

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The user name or the password is wrong."),
        "username_email_password_mismatch": _("The user name or the password is wrong."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 (allauth's signature)
        """Refuse every sign-up."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse who failed too often at this account from this network, then who allauth's own bounds refuse.

        In this order: what is refused here does not count towards the account's bound for everybody.
        """
        if not ratelimit.consume(request, **_guess(request, credentials), dry_run=True):
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a wrong password against this account and network."""
        super().authentication_failed(request, **credentials)
        ratelimit.consume(request, **_guess(request, credentials))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a message; a mail server that refuses or is away is for the log, not an error page for a stranger."""
        try:
            super().send_mail(template_prefix, email, context)
        except (smtplib.SMTPException, OSError):
            logger.exception("an e-mail (%s) could not be sent", template_prefix)


def _guess(request: HttpRequest, credentials: dict[str, Any]) -> dict[str, str]:
    """Name a guess by account and network (an IPv4 address, or what one IPv6 subscriber has)."""
    login = str(credentials.get("email") or credentials.get("username") or "").lower()
    return {"action": "login_failed_from_here", "key": f"{get_ip(request)} {login}"}
