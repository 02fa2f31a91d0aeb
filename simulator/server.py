"""The simulator as a running whole: world, threads and the HTTP server on a loopback address."""

import random
import threading
from collections.abc import Collection
from typing import Self

from .control import Control
from .control_door import ControlDoor
from .event_poster import EventPoster
from .http_api import HttpApi
from .ledger import Ledger
from .listener import Listener
from .options import Options
from .orders import Orders
from .request_handler import Doors
from .scheduling import ThreadScheduler
from .traffic import Traffic
from .transfer_endpoint import TransferEndpoint
from .world import World

_POLL_SECONDS = 0.02


class Simulator:
    """A TENIOS on `url`, from `start()` to `stop()` or for the length of a `with` block.

    `access_key` is what it accepts, `event_key` what it sends in posts; `post_to` is the receiver's address or None.
    `port` 0 takes a free one. `seed` fixes all chance except the ids.
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
        self.world = World(
            scheduler=self._scheduler,
            rng=random.Random(seed),
            post_event=self.poster.post_event,
            options=options,
            event_key=event_key,
            agents=agents,
        )
        self.orders, self.ledger = Orders(), Ledger()
        self.traffic = Traffic(world=self.world, calls_per_minute=calls_per_minute)
        self._server = Listener((host, port), self._open_doors(access_key))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_SECONDS,), name="simulator-http", daemon=True
        )

    @property
    def url(self) -> str:
        """The base address, without a slash at its end."""
        host, port = self._server.server_address[:2]
        name = str(host)
        return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"

    def start(self) -> None:
        """Start answering, posting, and the traffic."""
        self.poster.start()
        self._scheduler.start()
        self._thread.start()

    def stop(self) -> None:
        """End everything within a second; connections that are open are closed."""
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

    def _open_doors(self, access_key: str) -> Doors:
        return Doors(
            api=HttpApi(world=self.world, access_key=access_key),
            transfers=TransferEndpoint(
                world=self.world,
                orders=self.orders,
                ledger=self.ledger,
                access_key=access_key,
                wait=self._stopping.wait,
            ),
            control=ControlDoor(
                Control(
                    world=self.world, orders=self.orders, ledger=self.ledger, poster=self.poster, traffic=self.traffic
                )
            ),
            wait=self._stopping.wait,
        )
