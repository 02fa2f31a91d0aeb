"""Django with the settings that the environment names, on threads like the product's, each answer stamped."""

from scripts.bench.stamped import Receive, Scope, Send, stamped
from tenios_dashboard.request_threads import OneStepHandler, RequestThreads


def _setup() -> OneStepHandler:
    import django

    django.setup(set_prefix=False)
    return OneStepHandler()


_handler, _threads = _setup(), RequestThreads()


async def _serve(scope: Scope, receive: Receive, send: Send) -> None:
    async with _threads.one():
        await _handler(scope, receive, send)  # type: ignore[arg-type]


application = stamped(_serve)
