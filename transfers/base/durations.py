"""Durations as text."""


def write_duration(seconds: float | None) -> str:
    """Return seconds as mm:ss, from one hour on as h:mm:ss; empty for None; 00:00 for a negative duration."""
    if seconds is None:
        return ""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
