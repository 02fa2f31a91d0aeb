"""docs/settings.md and .env.example list every setting and nothing else, and a copy of the example starts."""

import os
import re
import subprocess
import sys
from pathlib import Path

from scripts.procfile import ROOT
from tests.house.documents import DOCS, documents_listing, listed

NOT_IN_THE_FILE = {"ENV_FILE"}  # names the file itself


def settings_read() -> set[str]:
    source = (ROOT / "tenios_dashboard" / "settings.py").read_text()
    return set(re.findall(r"(?:env\.\w+|_require)\(\s*\"([A-Z_]+)\"", source))


def test_the_page_of_settings_lists_each_of_them_and_nothing_else() -> None:
    page = (DOCS / "settings.md").read_text()

    assert sorted(listed(page)) == sorted(settings_read())
    assert documents_listing(settings_read()) == {"docs/settings.md"}


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
