"""The commands for translations.

python -m scripts.messages update     writes the texts of code and templates into locale/de
python -m scripts.messages compile    makes the .mo files that Django reads
python -m scripts.messages check      fails when a text is missing, untranslated, unsure or superfluous
"""

import sys

from scripts.messages.catalogue import compile_catalogues, update
from scripts.messages.faults import find_faults
from scripts.procfile import ROOT


def main() -> int:
    """Run the named action. Return the exit code."""
    action = sys.argv[1] if len(sys.argv) > 1 else ""
    if action == "update":
        print(f"{update().relative_to(ROOT)}: {len(find_faults())} texts need attention")
        return 0
    if action == "compile":
        print(f"compiled {len(compile_catalogues())} catalogue(s)")
        return 0
    if action == "check":
        faults = find_faults()
        print("\n".join(faults) or "all texts are translated")
        return 1 if faults else 0
    print("Say what to do: update, compile or check.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
