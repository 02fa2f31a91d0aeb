"""The Celery application: a doorbell for due transfers, and a clock for work that may wait."""

import os

from celery import Celery
from celery.app.utils import Settings
from celery.signals import celeryd_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenios_dashboard.settings")

app = Celery("transferdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def _widen_socket_bounds(conf: Settings, **_: object) -> None:
    """Give a worker's blocking reads of Redis the time they need; the bounds in settings are those of a publisher."""
    conf.broker_transport_options = {"socket_timeout": 2.0, "socket_connect_timeout": 2.0}
