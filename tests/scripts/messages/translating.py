"""Fills in translations as a person does: by editing the catalogue."""

from pathlib import Path

from scripts.messages.catalogue import catalogue_path, update


def translate(project: Path, msgid: str, *, to: str) -> None:
    path = catalogue_path(project)
    text = path.read_text()
    assert f'msgid "{msgid}"\nmsgstr ""' in text
    path.write_text(text.replace(f'msgid "{msgid}"\nmsgstr ""', f'msgid "{msgid}"\nmsgstr "{to}"'))


def translate_all(project: Path) -> None:
    update(project)
    path = catalogue_path(project)
    for msgid, german in {
        "Call board": "Anrufe",
        "Own call": "Eigener Anruf",
        "Sent to %(name)s": "An %(name)s gesendet",
        "Sign in": "Anmelden",
        "Transfer": "Übergabe",
        'Good day, %(who)s, it\'s \\"late\\" — 100%%': "Guten Tag, %(who)s, es ist spät — 100%%",
    }.items():
        translate(project, msgid, to=german)
    plural = 'msgstr[0] ""\nmsgstr[1] ""'
    path.write_text(path.read_text().replace(plural, 'msgstr[0] "ein Anruf"\nmsgstr[1] "%(n)s Anrufe"', 1))
    path.write_text(path.read_text().replace(plural, 'msgstr[0] "ein Anruf"\nmsgstr[1] "%(n)s Anrufe"', 1))
