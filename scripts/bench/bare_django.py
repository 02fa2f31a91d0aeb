"""Django as it serves by itself, with the settings that the environment names, each answer stamped."""

from typing import cast

from django.core.asgi import get_asgi_application

from scripts.bench.stamped import Application, stamped

application = stamped(cast(Application, get_asgi_application()))
