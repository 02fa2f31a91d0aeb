"""The users of a run: agents of its own, and users of the demo."""

import json
from contextlib import ExitStack

from scripts.chaos.history import History
from scripts.chaos.system import System
from scripts.chaos.workload.client import Client
from scripts.chaos.workload.create_agents import agent_name


class Users:
    """Signs users in. Their connections are closed with `connections`."""

    def __init__(self, *, system: System, history: History, connections: ExitStack) -> None:
        self._system = system
        self._history = history
        self._connections = connections

    def create_agents(self, count: int) -> list[Client]:
        """Create agents and sign them in. Raises SignInFailed."""
        done = self._system.run_python("-m", "scripts.chaos.workload.create_agents", str(count))
        done.check_returncode()
        sessions = json.loads(done.stdout.splitlines()[-1])
        agents = [self._make_client(agent_name(number)) for number in range(count)]
        for agent in agents:
            agent.session.resume(agent.name, sessions[agent.name])
        return agents

    def sign_in(self, name: str) -> Client:
        """Sign in a user of the demo. Raises SignInFailed."""
        client = self._make_client(name)
        client.session.sign_in(name, self._system.stack.password)
        return client

    def _make_client(self, name: str) -> Client:
        client = Client(name=name, web_url=self._system.stack.web_url, history=self._history)
        self._connections.callback(client.session.close)
        return client
