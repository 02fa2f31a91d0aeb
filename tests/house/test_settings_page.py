"""docs/settings.md and .env.example list every setting and nothing else, and a copy of the example starts."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

from scripts.procfile import ROOT
from tests.house.documents import DOCS, documents_listing, listed, rows

SOURCES = [path.read_text() for path in sorted((ROOT / "tenios_dashboard").glob("*.py"))]

NOT_IN_THE_FILE = {"ENV_FILE"}  # names the file itself


def settings_read() -> set[str]:
    return {name for source in SOURCES for name in re.findall(r'\b(?:env\.\w+|_?require)\(\s*"([A-Z_]+)"', source)}


def defaults() -> dict[str, str]:
    """Return the default of each setting that is a plain value, as the page writes it."""
    nodes = [node for source in SOURCES for node in ast.walk(ast.parse(source))]
    calls = [node for node in nodes if isinstance(node, ast.Call) and node.args]
    found = {
        str(call.args[0].value): as_written(ast.literal_eval(keyword.value))
        for call in calls
        for keyword in call.keywords
        if isinstance(call.args[0], ast.Constant)
        and keyword.arg == "default"
        and isinstance(keyword.value, ast.Constant | ast.List)
    }
    del found["EMAIL_URL"]  # has no value of its own
    return found


def as_written(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return (",".join(value) if isinstance(value, list) else str(value)) or "empty"


def test_the_page_of_settings_lists_each_of_them_and_nothing_else() -> None:
    page = (DOCS / "settings.md").read_text()

    assert sorted(listed(page)) == sorted(settings_read())
    assert documents_listing(settings_read()) == {"docs/settings.md"}


def test_the_page_of_settings_names_each_default() -> None:
    page = rows((DOCS / "settings.md").read_text())

    documented = {row[0].strip("`"): row[1].replace("`", "").replace(", ", ",") for row in page}

    assert {name: documented[name] for name in defaults()} == defaults()


def test_the_example_file_lists_every_setting() -> None:
    example = (ROOT / ".env.example").read_text()

    named = re.findall(r"^(?:# )?([A-Z_]+)=", example, flags=re.MULTILINE)

    assert sorted(named) == sorted(settings_read() - NOT_IN_THE_FILE)


def test_a_copy_of_the_example_file_starts_and_accepts_posts_from_any_sender(tmp_path: Path) -> None:
    copy = tmp_path / ".env"
    copy.write_text((ROOT / ".env.example").read_text().replace("SECRET_KEY=", f"SECRET_KEY={'x' * 50}", 1))
    environment = {name: value for name, value in os.environ.items() if name not in settings_read()}
    code = "from tenios_dashboard import settings; print(settings.TENIOS_EVENT_SOURCES)"

    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**environment, "ENV_FILE": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stderr, done.stdout) == ("", "[]\n")
