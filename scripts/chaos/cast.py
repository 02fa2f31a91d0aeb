"""Lets the people of a run in: agents by their sessions, all others by the form."""

import json
from collections.abc import Callable
from contextlib import ExitStack

from scripts.chaos.history import History
from scripts.chaos.people import agent_name
from scripts.chaos.person import Person
from scripts.stack import Stack

RunPython = Callable[..., str]


class Cast:
    """Everybody who takes part; their connections end with `resources`. `run_python` gives what a program prints."""

    def __init__(self, *, stack: Stack, history: History, resources: ExitStack, run_python: RunPython) -> None:
        self._stack = stack
        self._history = history
        self._resources = resources
        self._run_python = run_python

    def let_agents_in(self, count: int) -> list[Person]:
        """Make so many agents, and sign them in. Raises SignInFailed."""
        sessions = json.loads(self._run_python("-m", "scripts.chaos.people", str(count)).splitlines()[-1])
        agents = [self._enter(agent_name(number)) for number in range(count)]
        for agent in agents:
            agent.browser.resume(agent.name, sessions[agent.name])
        return agents

    def sign_in(self, name: str) -> Person:
        """Sign in one of the demo's people. Raises SignInFailed."""
        person = self._enter(name)
        person.browser.sign_in(name, self._stack.password)
        return person

    def _enter(self, name: str) -> Person:
        person = Person(name=name, web_url=self._stack.web_url, history=self._history)
        self._resources.callback(person.browser.close)
        return person
