"""The list of the SIP users of the account (page api-pbx-config)."""

from typing import Any

from .account import Account


def list_sip_users(account: Account) -> list[dict[str, Any]]:
    """Return all users, with the changes of the option `sip_user_changes`."""
    changes = account.options.sip_user_changes
    names = dict.fromkeys((*account.sip_users, *changes))
    listed = [name for name in names if changes.get(name, {}) is not None]
    return [{**_describe(name), **(changes.get(name) or {})} for name in listed]


def _describe(user_name: str) -> dict[str, Any]:
    first, _, last = user_name.partition(".")
    return {
        "user_name": user_name,
        "first_name": first.capitalize(),
        "last_name": last.capitalize(),
        "internal_extension": "",
        "outbound_allowed": False,
        "sip_login_enabled": True,
        "call_history_enabled": True,
        "email": f"{user_name}@example.org",
    }
