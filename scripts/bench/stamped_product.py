"""The product as it is, each answer stamped."""

from scripts.bench.stamped import stamped
from tenios_dashboard.asgi import application as product

application = stamped(product)
