"""The page of the simulator, for GET / and for every form that is refused."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import phonenumbers
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Context, Engine
from django.utils.dateparse import parse_datetime

from . import fiction, page_texts
from .behaviours import BEHAVIOURS
from .control import Control
from .ledger import LedgerEntry
from .options import CHOICES, LEG_OUTCOMES, Options

_MOST_ROWS = 12
STATIC_FILES = {
    "css/tokens.css": "text/css; charset=utf-8",
    "css/base.css": "text/css; charset=utf-8",
    "css/components.css": "text/css; charset=utf-8",
    "css/simulator.css": "text/css; charset=utf-8",
    "js/simulator.js": "text/javascript; charset=utf-8",
}


def render_page(control: Control, *, error: str = "", entered: Mapping[str, Any] | None = None) -> bytes:
    """Return the page in the active language. `entered` are the values of a form that was refused with `error`."""
    report = control.report()
    context = {
        "error": error,
        "entered": entered or {},
        "stylesheets": [name for name in STATIC_FILES if name.endswith(".css") and finders.find(name)],
        "calls": [_describe_call(call) for call in report["calls"]],
        "requests": [_describe_request(entry) for entry in control.ledger.last(_MOST_ROWS)],
        "events": [_describe_event(event) for event in report["events"][:_MOST_ROWS]],
        "next_order": _describe_order(report["next_transfer"]),
        "standing_order": _describe_order(report["always"]),
        "agents": [*report["agents"], *fiction.COLLEAGUES],
        "service_numbers": fiction.SERVICE_NUMBERS.items(),
        "behaviour_groups": _group_behaviours(),
        "leg_outcomes": [(name, page_texts.LEG_OUTCOMES[name]) for name in LEG_OUTCOMES],
        "calls_per_minute": f"{report['settings']['calls_per_minute']:g}",
        "post_to": report["settings"]["post_to"],
        "counters": report["counters"],
        "is_key_refused": control.account.options.key_refused,
        "questions": _list_questions(control.account.options),
    }
    return _engine().get_template("simulator/page.html").render(Context(context)).encode(errors="replace")


def find_static_file(name: str) -> tuple[bytes, str] | None:
    """Return content and type of one of the page's files; None for any other."""
    path = finders.find(name) if name in STATIC_FILES else None
    if not isinstance(path, str):
        return None
    with open(path, "rb") as file:  # noqa: PTH123  the path is already a plain string
        return file.read(), STATIC_FILES[name]


def format_number(number: str) -> str:
    """Format a phone number in groups; return any other text unchanged."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return str(page_texts.ANONYMOUS) if number == fiction.ANONYMOUS else number


@cache
def _engine() -> Engine:
    """Return an engine without the product's template tags: the page must not depend on the product."""
    return Engine(dirs=[str(settings.BASE_DIR / "templates")], libraries={"i18n": "django.templatetags.i18n"})


def _describe_call(call: dict[str, Any]) -> dict[str, Any]:
    minutes, seconds = divmod(call["seconds"], 60)
    return {
        **call,
        "caller": format_number(call["caller"]),
        "service": fiction.SERVICE_NUMBERS.get(call["service_number"], format_number(call["service_number"])),
        "with": format_number(call["with"]) if call["with"] else "",
        "look": page_texts.CALL_STATES[call["state"]],
        "duration": f"{minutes:02d}:{seconds:02d}",
    }


def _describe_request(entry: LedgerEntry) -> dict[str, Any]:
    fields = entry.fields or {}
    return {
        "at": entry.at,
        "destination_type": fields.get("destination_type", ""),
        "destination": format_number(str(fields.get("destination", ""))),
        "call": str(fields.get("call_uuid", ""))[:8],
        "behaviour": BEHAVIOURS[entry.behaviour].label,
        "status": entry.status,
        "error_code": entry.error_code,
        "acted": entry.acted,
    }


def _describe_event(event: dict[str, Any]) -> dict[str, Any]:
    variables = event["payload"]["variables"]
    return {
        "at": parse_datetime(event["at"]),
        "type": event["payload"]["requestType"],
        "block": event["payload"].get("blockType", ""),
        "call": variables["call_uuid"][:8],
        "target": format_number(variables.get("forward_destination", "")),
        "status": page_texts.POST_STATES.get(event["status"], event["status"]),
        "is_delivered": event["status"].startswith("2"),
        "is_quiet": event["status"] in ("waiting", "off"),
    }


def _describe_order(order: dict[str, Any] | None) -> dict[str, Any] | None:
    if order is None:
        return None
    leg = page_texts.LEG_OUTCOMES[order["leg"]] if order["leg"] else ""
    return {"answer": BEHAVIOURS[order["answer"]].label, "leg": leg}


def _group_behaviours() -> list[tuple[Any, list[tuple[str, Any]]]]:
    groups: dict[Any, list[tuple[str, Any]]] = {}
    heading = page_texts.BEHAVIOUR_GROUPS["normal"]
    for name, behaviour in BEHAVIOURS.items():
        heading = page_texts.BEHAVIOUR_GROUPS.get(name, heading)
        groups.setdefault(heading, []).append((name, behaviour.label))
    return list(groups.items())


def _list_questions(options: Options) -> list[dict[str, Any]]:
    """Return the options on the page: what TENIOS does not document, with the possible values."""
    return [
        {
            "name": name,
            "label": label,
            "value": getattr(options, name),
            "choices": [(choice, page_texts.CHOICES.get(choice, choice)) for choice in CHOICES[name]],
        }
        for name, label in page_texts.QUESTIONS.items()
    ]
