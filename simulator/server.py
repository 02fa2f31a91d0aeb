"""The running simulator: the account, its threads, and the HTTP server on a loopback address."""

import random
import threading
from collections.abc import Collection
from typing import Self

from .account import Account
from .api_endpoint import ApiEndpoint
from .control import Control
from .control_endpoint import ControlEndpoint
from .event_poster import EventPoster
from .ledger import Ledger
from .listener import Listener
from .options import Options
from .orders import Orders
from .request_handler import Endpoints
from .scheduling import ThreadScheduler
from .traffic import Traffic
from .transfer_endpoint import TransferEndpoint

_POLL_SECONDS = 0.02


class Simulator:
    """A TENIOS at `url`, from `start()` to `stop()` or for the length of a `with` block.

    It accepts the `access_key`, and posts with the `event_key` to the address `post_to` (None: nowhere). `port` 0 is
    any free port. With a `seed` everything is repeatable except the ids.
    """

    def __init__(
        self,
        *,
        access_key: str,
        event_key: str = "",
        post_to: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        options: Options | None = None,
        agents: Collection[str] = ("ada", "ben"),
        calls_per_minute: float = 0.0,
        seed: int | None = None,
    ) -> None:
        self._stopping = threading.Event()
        self._scheduler = ThreadScheduler()
        self.poster = EventPoster(url=post_to)
        self.account = Account(
            scheduler=self._scheduler,
            rng=random.Random(seed),
            post_event=self.poster.post_event,
            options=options,
            event_key=event_key,
            agents=agents,
        )
        self.orders, self.ledger = Orders(), Ledger()
        self.traffic = Traffic(account=self.account, calls_per_minute=calls_per_minute)
        self._server = Listener((host, port), self._make_endpoints(access_key))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_SECONDS,), name="simulator-http", daemon=True
        )

    @property
    def url(self) -> str:
        """The address without a slash at its end."""
        host, port = self._server.server_address[:2]
        name = str(host)
        return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"

    def start(self) -> None:
        """Start to answer and to post, and start the traffic."""
        self.poster.start()
        self._scheduler.start()
        self._thread.start()

    def stop(self) -> None:
        """End everything within a second, and close the open connections."""
        self._stopping.set()
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.close_connections()
        self._server.server_close()
        self._scheduler.stop()
        self.poster.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _make_endpoints(self, access_key: str) -> Endpoints:
        return Endpoints(
            api=ApiEndpoint(account=self.account, access_key=access_key),
            transfers=TransferEndpoint(
                account=self.account,
                orders=self.orders,
                ledger=self.ledger,
                access_key=access_key,
                wait=self._stopping.wait,
            ),
            control=ControlEndpoint(
                Control(
                    account=self.account,
                    orders=self.orders,
                    ledger=self.ledger,
                    poster=self.poster,
                    traffic=self.traffic,
                )
            ),
            wait=self._stopping.wait,
        )
