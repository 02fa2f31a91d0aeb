"""The product's addresses, and the straight transfer beside them: its middleware looks some of them up."""

from scripts.bench.bare_urls import urlpatterns as bare
from tenios_dashboard.urls import urlpatterns as product

urlpatterns = [*bare, *product]
