"""What the tests of the picker share: its addresses, its form, and what they read on a page."""

import re
import uuid
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.factories import make_destination
from transfers.models import Call, Destination, User

HTMX = {"HX-Request": "true"}


def sign_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def panel(call: Call) -> str:
    return reverse("transfers:transfer-panel", args=[call.call_uuid])


def options(call: Call) -> str:
    return reverse("transfers:destination-options", args=[call.call_uuid])


def make_entry(name: str = "Rechnungsklärung", **overrides: str) -> Destination:
    return make_destination(**{"name": name, **overrides})


def make_form(entry: Destination | None = None, **overrides: str) -> dict[str, str]:
    return {
        "destination_type": "SIP_USER",
        "destination": entry.address if entry else "rechnung.klaerung",
        "note": "",
        "request_key": str(uuid.uuid4()),
        **overrides,
    }


def text_of(response: Any) -> str:
    return str(response.content.decode())


def selected_keys(response: Any) -> list[str]:
    return re.findall(r'aria-selected="true" data-key="([^"]+)"', text_of(response))


def fields_of(response: Any) -> dict[str, str]:
    """What a browser would post from the page's form: hidden fields, text, note."""
    page = text_of(response)
    form = page[page.index('class="dest-picker__form"') :]
    inputs = re.findall(r'<input[^>]*type="(?:hidden|text)"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form)
    note = re.search(r"<textarea[^>]*>\s*([^<]*)</textarea>", form)
    return {**dict(inputs), "note": note[1] if note else ""}


def send_button(response: Any) -> str:
    button = re.search(r'<button[^>]*id="dest-send"[^>]*>', text_of(response))
    assert button is not None
    return button[0]
