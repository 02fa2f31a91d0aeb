"""Invented data: numbers from ranges that are reserved for fiction, and the users and trunks of the account."""

import random
from collections.abc import Callable

CUSTOMER_NUMBER = 200000
ANONYMOUS = "anonymous"

SERVICE_NUMBERS = {
    "+492214710100": "Service-Hotline",
    "+492214710110": "Technik",
    "+492214710120": "Rechnung",
    "+492214710130": "Vertrieb",
}

COLLEAGUES = ("clara.weiss", "deniz.aydin", "emil.roth")
"""SIP users who receive calls but have no account in the product."""

SPECIALISTS = (
    "rechnung.klaerung",
    "kessler.m",
    "leitwarte.nord",
    "weber.j",
    "vogt.e",
    "vogel.i",
    "stein.o",
    "richter.p",
    "neumann.p",
    "kraemer.t",
    "hoffmann.n",
    "fuchs.l",
    "demir.a",
    "brandt.s",
    "berger.k",
)
"""SIP users who receive calls only by a transfer."""

AWAY = ("fuchs.l",)
"""SIP users whose state in the call distribution is NOT_READY until it is changed."""

SIP_TRUNKS = ("trunk-sued", "Regionalbüro Süd")
"""Names of the SIP forwarding profiles, matched exactly."""

_CALLER_RANGES: tuple[tuple[str, Callable[[random.Random], str]], ...] = (
    ("+493023125", lambda rng: f"{rng.randrange(1000):03d}"),
    ("+494066969", lambda rng: f"{rng.randrange(1000):03d}"),
    ("+496990009", lambda rng: f"{rng.randrange(1000):03d}"),
    ("+498999998", lambda rng: f"{rng.randrange(1000):03d}"),
    ("+492214710", lambda rng: f"{rng.randrange(200, 1000):03d}"),
    ("+4917139200", lambda rng: f"{rng.randrange(100):02d}"),
    ("+4915228817386", lambda _: ""),
)


def draw_caller(rng: random.Random) -> str:
    """Return the number of a caller in E.164; about one caller in sixteen is "anonymous"."""
    if rng.random() < 0.06:
        return ANONYMOUS
    prefix, tail = rng.choice(_CALLER_RANGES)
    return prefix + tail(rng)


def draw_service_number(rng: random.Random) -> str:
    """Return one of the service numbers in E.164."""
    return rng.choice(list(SERVICE_NUMBERS))
