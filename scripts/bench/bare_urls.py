"""The addresses of the baselines. No part of the product."""

from django.urls import path

from scripts.bench import bare_views

urlpatterns = [
    path("healthz", bare_views.healthz),
    path("row", bare_views.write_row),
    path("straight/<str:call_uuid>", bare_views.transfer_straight),
]
