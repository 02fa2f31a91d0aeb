"""A running system: Redis, the processes of the Procfile and the simulator, started, watched and ended together.

    with Stack(var_dir=tmp_path, calls_per_minute=0) as stack:
        page.goto(stack.web_url)

`make demo` runs one; browser and flow tests, bench and chaos run their own. Public are `Stack` and `StackDidNotStart`.
"""

from scripts.stack.parts import StackDidNotStart
from scripts.stack.stack import Stack

__all__ = ["Stack", "StackDidNotStart"]
