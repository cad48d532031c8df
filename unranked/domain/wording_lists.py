"""Words that a text of a language model may not use, in English and German, without accents.

They are compared in small letters, umlauts without their dots. One word too many costs a text that
would have been harmless, and the plain lines are shown; one too few would show what must not be.
"""

import re

_ENGLISH = (
    "zero|nil|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    "|(?:thir|four|fif|six|seven|eigh|nine)teen"
    "|twenty|thirty|fou?rty|fifty|sixty|seventy|eighty|ninety"
    "|hundreds?|thousands?|(?:m|b|tr|zill)illions?|zillions?|dozens?|scores?"
)
_GERMAN = (
    "null|eins|zwei|zwo|drei|vier|fue?nf|sechs?|sieben|sieb|acht|neun|zehn|elf|zwoe?lf"
    "|(?:zwan|vier|fue?nf|sech|sieb|acht|neun)zig|dreissig"
    "|hunderte?|tausende?|(?:m|b|tr)ill(?:ion|iard)e?n?|mrd|mio|tsd|dutzende?"
)
_PARTS = (
    "once|twice|thrice|couples?|pairs?|paar|fortnights?|half|halves|halv(?:e|ed|ing)|thirds?|quarters?|fourths?|fifths?|tenths?"
    "|doubl(?:e|ed|es|ing|y)|tripl(?:e|ed|es|ing|y)|trebl(?:e|ed)|quadrupl(?:e|ed|es|ing)"
    "|first|second|fifth|eighth|ninth|twelfth"
    "|halb(?:e[nrs]?|iert\\w*|ier\\w*)?|hae?lfte\\w*|drittel\\w*|viertel\\w*|achtel"
    "|(?:ver)?doppel\\w*|(?:ver)?(?:drei|vier|fue?nf|zehn|hundert)fach\\w*|einmal"
    "|erste[nrsm]?|zweite[nrsm]?|dritte[nrsm]?|siebte[nrsm]?"
)
NUMBER_WORD = re.compile(
    f"(?:{_PARTS})"
    f"|(?:and|{_ENGLISH})*(?:{_ENGLISH})(?:th|ths|fold|some)?"
    f"|(?:ein|und|{_GERMAN})*(?:{_GERMAN})(?:mal|fach\\w*|s?te[nrsm]?|s?tel\\w*)?"
    "|\\w+fold|\\w+fach(?:e[nrsm]?)?"
)
"""A word that says a number, or how many times."""

ROMAN = re.compile(r"[IVXLCDM]{2,}")
"""A number in Roman letters; one letter alone is a word or a unit."""

RATE = frozenset({*("a", "an", "per", "each", "every", "of"), *("pro", "je", "jede", "von")})
"""What ties the word behind it to a figure: $10.85 a week is not $10.85 a day."""

ABBREVIATED = re.compile(r"\w*(?:Min|Std|Mio|Mrd|Tsd)\.")
"""A word whose full stop ends no sentence."""

BEFORE = re.compile(
    r"[-+\u2010-\u2015\u2212±<>=≈~]|[^\w\s]*[$€£¥]|usd|eur|gbp|chf"
    r"|minus|plus|least|most|under|over|below|above|than|nearly|almost|barely|not?|never|without"
    r"|mindestens|wenigstens|hochstens|maximal|unter|uber|als|fast|beinahe|knapp|gut|kaum"
    r"|nicht|kein\w*|nie|ohne"
)
"""What changes a figure that stands right behind it."""

OTHERS = re.compile(
    r"than|als|versus|vs|gegenuber|(?:colleague|coworker|worker|peer|teammate|team|department|division|unit)s?"
    r"|cohorts?|groups?|everyone|everybody|anyone|anybody|someone|somebody|nobody|others"
    r"|people|persons?|staff|employees?|members?|users?|managers?|boss(?:es)?"
    r"|averages?|averaged|median|norms?|percentiles?|quantiles?|quartiles?|deciles?"
    r"|rank\w*|score[ds]?|scoring|leader\w*|badges?|streaks?|champions?|winn\w*|tiers?|levels?"
    r"|top|best|worst|ahead|behind|outperform\w*|outpac\w*|surpass\w*|beat\w*|benchmark\w*"
    r"|compan(?:y|ies)|organi[sz]ations?|industry|competit\w*"
    r"|kolleg\w*|mitarbeite\w*|teams?|teammitglied\w*|abteilung\w*|bereichs?|gruppen?"
    r"|ander(?:e|en|er|em)|jedermann|jemand\w*|niemand\w*|leute\w*|menschen|personen|person"
    r"|nutzer\w*|mitglied\w*|chef\w*|vorgesetzt\w*|fuhrungskra\w*"
    r"|durchschnitt\w*|mittelwert\w*|schnitt|perzentil\w*|quartil\w*|rang\w*|platz\w*"
    r"|spitze\w*|beste[nrsm]?|schlechteste[nrsm]?|voraus|uberdurch\w*|unterdurch\w*|ubertr\w*"
    r"|konkurren\w*|wettbewerb\w*|firma|firmen|unternehmen\w*|vergleichsgr\w*|bestenliste\w*"
)
"""Whom, or what, a person could be compared with."""

PRAISE = re.compile(
    r"great|excellent\w*|impressiv\w*|amazing\w*|awesome|fantastic\w*|outstanding|brilliant"
    r"|wonderful|superb|stellar|remarkabl\w*|congrat\w*|bravo|kudos|proud\w*|heavy|power"
    r"|should|ought|recommend\w*|suggest\w*|advis\w*|encourag\w*|increas\w*|boost\w*|maximi[sz]\w*"
    r"|super|toll\w*|klasse|prima|spitzenmassig|grossartig\w*|ausgezeichnet\w*|beeindruck\w*"
    r"|gluckwunsch\w*|gratul\w*|hervorragend\w*|fantastisch\w*|vorbildlich\w*|stolz\w*"
    r"|sollte\w*|empfehl\w*|empfiehl\w*|steiger\w*|erhoh\w*|ofter\w*|haufiger\w*|intensiver\w*"
)
"""Praise, and advice of any kind."""

ADVICE = re.compile(
    r"\b(?:well|nicely) done\b|\b(?:good|nice) (?:job|work|going)\b|\bkeep (?:it|going|up|using)\b"
    r"|\bmore (?:tokens?|often|use|usage|ai|prompts?|requests?|sessions?)\b"
    r"|\b(?:use|using|spend|spending|burn|burning|try|do) (?:\w+ ){0,4}more\b"
    r"|\b(?:gut|stark) gemacht\b|\bweiter so\b|\bgute arbeit\b"
    r"|\bmehr (?:\w+ )?(?:tokens?|ki|anfragen|nutz\w*|verwend\w*|einsetz\w*|gebrauch\w*)\b"
    r"|\b(?:nutz|verwend|benutz|gebrauch)\w* (?:\w+ ){0,4}mehr\b"
)
"""The same in more than one word."""
