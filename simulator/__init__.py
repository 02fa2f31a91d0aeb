"""A simulated TENIOS for demo and tests: its HTTP interface, its posts about calls, and a page that controls both.

It is written from the documentation of TENIOS alone and imports nothing of the product, so that it can contradict it.
`manage.py simulate_tenios` runs it as a process, `Simulator` inside a test. How a request goes through the modules:

- `listener` accepts connections, `request_handler` reads a request, `delivery` sends the answer.
- `transfer_endpoint` answers transfers as `orders` and `behaviours` say, and records them in the `ledger`.
- `api_endpoint` answers TENIOS' other methods, `control_endpoint` the page and the control interface (`control`).
- `account` has the calls (`exchange`, `calls`), which follow a `routing_plan` and, when transferred, a `transfer_plan`.
- `event_channel` and `event_poster` post what happens; `traffic` starts calls by itself.
"""

from .server import Simulator

__all__ = ["Simulator"]
