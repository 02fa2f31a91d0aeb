"""Adapts django-allauth: administrators create accounts, and failed sign-ins are limited for each network."""

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
    """No sign-up, a limit of failed sign-ins for each account and network, and no error page if an e-mail fails.

    The limit for each network is lower than the one for the account, so that an attacker does not lock the user out.
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
        """Check the limit of this account and network, then the limits of allauth. Raises ValidationError.

        In this order, because a sign-in that is refused here must not count towards the limit of the account.
        """
        if not ratelimit.consume(request, **_rate_limit_key(request, credentials), dry_run=True):
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a wrong password against this account and network."""
        super().authentication_failed(request, **credentials)
        ratelimit.consume(request, **_rate_limit_key(request, credentials))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send an e-mail; if the mail server refuses or does not answer, log the error and raise nothing."""
        try:
            super().send_mail(template_prefix, email, context)
        except (smtplib.SMTPException, OSError):
            logger.exception("an e-mail (%s) could not be sent", template_prefix)


def _rate_limit_key(request: HttpRequest, credentials: dict[str, Any]) -> dict[str, str]:
    """Return what identifies a sign-in: the account, and the IPv4 address or the network of an IPv6 subscriber."""
    login = str(credentials.get("email") or credentials.get("username") or "").lower()
    return {"action": "login_failed_from_here", "key": f"{get_ip(request)} {login}"}
