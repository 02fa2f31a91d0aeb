"""The sentences of the wallboard that compare today with last week."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from transfers.wallboard.day import Day
from transfers.wallboard.hour_chart import HourChart


def last_weekday(day: Day) -> str:
    """Return the short name of the same weekday last week, such as "last Mon"."""
    return _("last %(weekday)s") % {"weekday": date_format(day.began_at_local, "D")}


def compare_with_last_week(day: Day) -> str:
    """Return the number on the same weekday last week up to the same time of day, as a sentence."""
    weekday = date_format(day.began_at_local, "D")
    return _("%(count)s last %(weekday)s by now") % {"count": day.last_week_by_now, "weekday": weekday}


def describe_hours(chart: HourChart, day: Day) -> str:
    """Return the content of the chart as a sentence, for readers who do not see it."""
    if chart.busiest is None:
        return _("No transfers yet today.")
    words = _("Most transfers between %(hour)s and %(next)s: %(count)s. Last %(weekday)s at that hour: %(before)s.")
    hour = chart.busiest
    values = {"hour": hour.hour, "next": hour.hour + 1, "count": hour.today, "before": hour.last_week}
    return words % {**values, "weekday": date_format(day.began_at_local, "l")}
