"""The project: settings, addresses, and the Celery application that workers and web processes share."""

from .celery import app as celery_app

__all__ = ["celery_app"]
