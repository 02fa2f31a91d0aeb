"""The users of the made-up Cloud PBX, as its list shows them (page api-pbx-config)."""

from typing import Any

from .world import World


def list_sip_users(world: World) -> list[dict[str, Any]]:
    """Return all users, with the changes that the option `sip_user_changes` orders."""
    changes = world.options.sip_user_changes
    names = dict.fromkeys((*world.sip_users, *changes))
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
