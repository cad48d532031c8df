"""Made-up names and places: where the company's people sit, and how they are called there."""

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """An office: its zone, its people's language, its holiday regions and the usual names.

    share: how many of a hundred people work there.
    names: split at spaces; `shown` or `shown|ascii`, where taking accents away is not enough.
    """

    zone: str
    locale: str
    regions: tuple[str, ...]
    share: int
    first_names: str
    last_names: str


PLACES = (
    Place(
        "Europe/Berlin",
        "de-DE",
        ("DE-BE", "DE-BB", "DE"),
        28,
        (
            "Jürgen Anna Zoë Lukas Mia Søren Emil Käthe Jonas Lea Björn Clara Felix Nele "
            "Ömer Paula Timo Wiebke"
        ),
        (
            "Müller Schäfer Groß|gross Weiß|weiss Albrecht Böhm Krämer Vogt Lindner Özdemir "
            "Kowalski Brandt Dietrich Engel Fuchs Hartwig Jäger Peters"
        ),
    ),
    Place(
        "Europe/London",
        "en-GB",
        ("GB-ENG", "GB-SCT", "GB"),
        17,
        ("Ada Oliver Siân Harriet Callum Priya Niamh George Imogen Kwame Poppy Ruairí Tamsin Owen"),
        (
            "Ashworth Byrne O'Neill Carr Dunmore Ellery Finch Gallagher Holloway "
            "Iqbal Jessop Kerr Lowell Marlow"
        ),
    ),
    Place(
        "America/New_York",
        "en-US",
        ("US-NY", "US"),
        18,
        (
            "Emma Liam Renée Marcus Sofía Jamal Grace Noah Aisha Caleb Dana Hector Ivy "
            "Jordan Kayla Mateo"
        ),
        (
            "Adler Bennett Castañeda Dawson Everett Flores Goldman Hayes Irving Jacobs "
            "Keller Lambert Núñez Ortega Price"
        ),
    ),
    Place(
        "America/Los_Angeles",
        "en-US",
        ("US-CA",),
        12,
        "Maya Ethan Chloé Diego Hana Kai Luz Nina Oscar Quinn Rosa Theo Wen Zara",
        (
            "Abbott Chang Delgado Foster Garcia Huang Ibarra Jensen Kim Lê Moreno Nguyễn "
            "Pacheco Reyes"
        ),
    ),
    Place(
        "Asia/Kolkata",
        "en-IN",
        ("IN-KA", "IN"),
        13,
        "Aarav Diya Ishaan Kavya Rohan Meera Arjun Nisha Vikram Anika Dev Tara",
        "Iyer Rao Kulkarni Nair Hegde Patil Menon Shetty Bhat Reddy Gowda Das",
    ),
    Place(
        "Asia/Tokyo",
        "ja-JP",
        ("JP",),
        5,
        "美咲|misaki 健太|kenta 陽菜|hina 大輔|daisuke 葵|aoi 蓮|ren 結衣|yui",
        "佐藤|sato 鈴木|suzuki 高橋|takahashi 田中|tanaka 渡辺|watanabe 伊藤|ito",
    ),
    Place(
        "Australia/Sydney",
        "en-AU",
        ("AU-NSW", "AU"),
        4,
        "Bronte Lachlan Matilda Jarrah Isla Cooper Evie Flynn",
        "Barton Cahill Drummond Ewing Farrell Grady Hobbs Innes",
    ),
    Place(
        "America/Sao_Paulo",
        "pt-BR",
        ("BR-SP", "BR"),
        3,
        "João Luísa Thiago Beatriz Caio Letícia Inês Rafael",
        "Gonçalves Araújo Conceição Moura Simões Teixeira Brandão Lima",
    ),
)

DEPARTMENTS = (
    "Engineering",
    "Product",
    "Design",
    "Research",
    "Sales",
    "Support",
    "Marketing",
    "Finance",
    "Legal",
    "People",
    "Operations",
    "Facilities",
)


def shown(name: str) -> str:
    """Return a name as its bearer writes it."""
    return name.partition("|")[0]


def plain(name: str) -> str:
    """Return a name as an e-mail address spells it: ASCII, lower case."""
    text, _, spelled = name.partition("|")
    letters = (spelled or text).replace("ø", "o").replace("đ", "d")
    split = unicodedata.normalize("NFKD", letters)
    return "".join(c for c in split if c.isascii() and c.isalnum()).lower()
