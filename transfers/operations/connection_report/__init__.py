"""What administrators read about the connection to TENIOS. All of it was measured or recorded; nothing is estimated.

tiles          four tiles: sending, call events, worker and sweeper, audit chain
disturbances   when sending was stopped or paused, and when it failed
exchanges      the last answer of TENIOS, and the requests that wait to be sent
posts          how many call events TENIOS posted
"""

from transfers.operations.connection_report.disturbances import Disturbance, read_disturbances
from transfers.operations.connection_report.exchanges import (
    Exchange,
    Queue,
    read_last_check,
    read_last_exchange,
    read_queue,
)
from transfers.operations.connection_report.posts import PostCount, count_posts
from transfers.operations.connection_report.tiles import Tile, age_text, make_tiles

__all__ = [
    "Disturbance",
    "Exchange",
    "PostCount",
    "Queue",
    "Tile",
    "age_text",
    "count_posts",
    "make_tiles",
    "read_disturbances",
    "read_last_check",
    "read_last_exchange",
    "read_queue",
]
