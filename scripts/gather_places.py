"""Writes the places of telephone prefixes into transfers/destination_policy/place_names.tsv.

    python -m scripts.gather_places

Run it after an update of `phonenumbers`; a test compares the file. The package's table of the whole world costs each
process 150 MB and 3.6 seconds at its import. Our file costs some milliseconds when the first number is read back.
"""

from phonenumbers.geodata import GEOCODE_DATA

from scripts.procfile import ROOT

PLACE_NAMES = ROOT / "transfers" / "destination_policy" / "place_names.tsv"
COUNTRY_CODES = ("41", "43", "49")
HEADER = "# prefix, place in English, in German where it differs; from libphonenumber (Apache-2.0) by gather_places.py"


def gather_places() -> str:
    """Return the table: one prefix a line, with its country code and without plus, in ascending order."""
    lines = [HEADER]
    for prefix in sorted(GEOCODE_DATA):
        if prefix.startswith(COUNTRY_CODES):
            names = GEOCODE_DATA[prefix]
            english = names["en"]
            german = names.get("de", english)
            lines.append("\t".join([prefix, english] if german == english else [prefix, english, german]))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PLACE_NAMES.write_text(gather_places(), encoding="utf-8")
