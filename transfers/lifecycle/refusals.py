"""What all refusals of a request have in common."""


class RequestRefused(Exception):
    """Something is in the way of a transfer now. Nothing was recorded."""
