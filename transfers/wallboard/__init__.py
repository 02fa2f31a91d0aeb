"""Reads for the wallboard: the calls of now, the people by name, the transfers of today. Nothing here writes.

A wallboard hangs where people walk by: nothing in it holds a caller's number, see `naming`.

    reading      `read_wallboard`: everything at once, in twelve queries that go through indexes on times
    calls        the live calls: who waits, who talks, what is long
    people       everybody who takes calls, each in a fixed place
    day          the transfers of today, by outcome and by hour, beside the same weekday last week
    outcomes     how transfers are counted
    hour_chart   where the bars of the hours stand
    outcome_bar  the bar of today's outcomes
    texts        the sentences that compare
    naming       what may be shown of a destination
"""

from transfers.wallboard.reading import Wallboard, read_wallboard

__all__ = ["Wallboard", "read_wallboard"]
