"""Reads the wallboard: the live calls, the people who take calls, and the transfers of today. Nothing here writes.

A wallboard hangs where visitors see it, so it shows no caller's number (`naming`).

    reading      `read_wallboard`: all of it in twelve queries that use the indexes on times
    calls        the live calls: which wait, which are talks, and which have become long
    people       everybody who takes calls, each at a fixed place
    day          the transfers of today by outcome and by hour, compared with the same weekday last week
    outcomes     how transfers are counted
    hour_chart   the positions of the bars of each hour
    outcome_bar  the bar of today's outcomes
    texts        the sentences that compare
    naming       what the wallboard shows of a destination
"""

from transfers.wallboard.reading import Wallboard, read_wallboard

__all__ = ["Wallboard", "read_wallboard"]
