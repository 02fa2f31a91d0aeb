"""What administrators read about the connection to TENIOS: only what was measured or recorded, nothing estimated.

tiles          the four parts at a glance, in words
disturbances   when sending stopped, paused, or could not be told to have worked
exchanges      the last answers of TENIOS, and what waits to be sent
posts          what TENIOS posted
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
