"""How long something took, in writing."""


def write_duration(seconds: float | None) -> str:
    """Write seconds as mm:ss, from one hour on as h:mm:ss; nothing for None; 00:00 when clocks disagree."""
    if seconds is None:
        return ""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
