"""What a search found, for assertions."""

from transfers.directory import Option, Results


def names_in(results: Results, kind: str) -> list[str]:
    """The names of a group, or addresses where there is no name."""
    return [option.name or option.address for option in options_in(results, kind)]


def options_in(results: Results, kind: str) -> list[Option]:
    """The options of a group."""
    return [option for group in results.groups if group.kind == kind for option in group.options]
