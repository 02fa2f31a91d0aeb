"""Fault injection: `schedule` draws which fault comes when, `actions` makes and undoes it, `injector` runs it all."""
