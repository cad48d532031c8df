"""Words that a text of a language model may not use, in English and German, without accents.

They are compared in small letters, umlauts without their dots. One word too many costs a text that
would have been harmless, and the plain lines are shown; one too few would show what must not be.
"""

import re

_ENGLISH = (
    "zero|nil|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    "|(?:thir|four|fif|six|seven|eigh|nine)teen"
    "|twenty|thirty|fou?rty|fifty|sixty|seventy|eighty|ninety"
    "|hundreds?|thousands?|(?:m|b|tr|zill)illions?|zillions?|dozens?|scores?|grand|eleventy"
    "|(?:twent|thirt|fou?rt|fift|sixt|sevent|eight|ninet)ie(?:th|ths)"
)
_GERMAN = (
    "null|eins|zwei|zwo|drei|vier|fue?nf|sechs?|sieben|sieb|acht|neun|zehn|elf|zwoe?lf"
    "|(?:zwan|vier|fue?nf|sech|sieb|acht|neun)zig|dreissig"
    "|hunderte?|tausende?|(?:m|b|tr)ill(?:ion|iard)e?n?|mrd|mio|tsd|dutzende?"
)
_PARTS = (
    "umpteen\\w*|zilch|nix|nada|nought|naught|nothing|nichts|none|no|kein(?:e[nrsm]?)?"
    "|free|kostenlos|gratis|umsonst|both|beide[nrsm]?|single|einzeln\\w*|handfuls?|gross"
    "|\\w*einhalb\\w*|anderthalb\\w*"
    "|once|twice|thrice|couples?|pairs?|paar|fortnights?|half|halves|halv(?:e|ed|ing)"
    "|thirds?|quarters?|fourths?|fifths?|tenths?"
    "|doubl(?:e|ed|es|ing|y)|tripl(?:e|ed|es|ing|y)|trebl(?:e|ed)|quadrupl(?:e|ed|es|ing)"
    "|first|second|fifth|eighth|ninth|twelfth"
    "|halb(?:e[nrs]?|iert\\w*|ier\\w*)?|hae?lfte\\w*|\\w*drittel\\w*|\\w*viertel\\w*|achtel"
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

LOOSE = re.compile(r"no|kein\w*|single|einzeln\w*|both|beide\w*")
"""Such a word before which anything may stand; before another one stands what does in the facts."""

ROMAN = re.compile(r"[IVXLCDM]{2,}")
"""A number in Roman letters; one letter alone is a word or a unit."""

RATE = frozenset({*("a", "an", "per", "each", "every", "of"), *("pro", "je", "jede", "von")})
"""What ties the word behind it to a figure: $10.85 a week is not $10.85 a day."""

ABBREVIATED = re.compile(r"\w*(?:Min|Std|Mio|Mrd|Tsd)\.")
"""A word whose full stop ends no sentence."""

BEFORE = re.compile(
    r"from|to|up|likely|about|around|only|between|bis|wahrscheinlich|ungefahr|etwa|nur|zwischen"
    r"|rund|[-+\u2010-\u2015\u2212±<>=≈~]|[^\w\s]*[$€£¥]|usd|eur|gbp|chf"
    r"|minus|plus|least|most|under|over|below|above|than|nearly|almost|barely|not?|never|without"
    r"|mindestens|wenigstens|hochstens|maximal|unter|uber|als|fast|beinahe|knapp|gut|kaum"
    r"|nicht|kein\w*|nie|ohne"
)
"""What changes a figure that stands right behind it."""

OTHERS = re.compile(
    r"than|als|versus|vs|gegenuber|(?:colleague|coworker|worker|peer|teammate|team|department|division|unit)s?"
    r"|cohorts?|groups?|everyone|everybody|anyone|anybody|someone|somebody|nobody|others?"
    r"|people|persons?|staff|employees?|members?|users?|managers?|boss(?:es)?|leads?|firms?|hr"
    r"|they|them|their|theirs|we|us|our|ours|he|him|his|she|her|hers|who|whom|whose|i|me|my|mine"
    r"|averages?|averaged|median|norms?|percentiles?|quantiles?|quartiles?|deciles?"
    r"|rank\w*|score[ds]?|scoring|leader\w*|badges?|streaks?|champions?|winn\w*|tiers?|levels?"
    r"|top|best|worst|ahead|behind|outperform\w*|outpac\w*|surpass\w*|beat\w*|benchmark\w*"
    r"|compan(?:y|ies)|organi[sz]ations?|industry|competit\w*"
    r"|all|any|some|many|few|most|least|more|less|fewer|much|lots?|plenty|enough|often|heav(?:y|i\w+)"
    r"|higher|lower|highest|lowest|high|low|bigger|smaller|biggest|smallest|larger|largest"
    r"|same|equal|clear\w*|whole|without|unusual\w*|gigantic|long|salar\w*"
    r"|kolleg\w*|mitarbeite\w*|teams?|teammitglied\w*|abteilung\w*|bereichs?|gruppen?"
    r"|ander(?:e|en|er|em|es|s)|jedermann|jemand\w*|niemand\w*|leuten?|menschen|personen|person"
    r"|nutzer\w*|mitglied\w*|chef\w*|vorgesetzt\w*|fuhrungskra\w*"
    r"|sie|er|ihm|ihn|ihr|ihre[mnrs]?|ihnen|sein|seine[mnrs]?|man|wer|wem|wen|wir|uns|unser\w*|ich|mich|mir|mein\w*"
    r"|durchschnitt\w*|mittelwert\w*|schnitt|perzentil\w*|quartil\w*|rang(?:s|en|l\w*|f\w*)?|platz\w*"
    r"|spitze\w*|beste[nrsm]?|schlechteste[nrsm]?|voraus|uberdurch\w*|unterdurch\w*|ubertr\w*"
    r"|konkurren\w*|wettbewerb\w*|firma|firmen|unternehmen\w*|vergleichsgr\w*|bestenliste\w*"
    r"|alle[mnrs]?|einige[mnrs]?|manche[mnrs]?|viele?[mnrs]?|wenige?[mnrs]?|meist\w*|wenigst\w*"
    r"|mehr|weniger|mindestens|hochstens|genug|oft|hoher\w*|niedriger\w*|hoch|niedrig"
    r"|gross(?:er|te)\w*|klein(?:er|ste)\w*|gleich\w*|selbe\w*|dasselbe|d(?:er|en)selben|klare?[mnrs]?"
    r"|ganze?[mnrs]?|ohne|riesig\w*|billig\w*|vorne?|hinten|lange?|gehalt\w*"
)
"""Whom, or what, a person could be compared with, and words of comparison."""

PRAISE = re.compile(
    r"great|excellent\w*|impressiv\w*|amazing\w*|awesome|fantastic\w*|outstanding|brilliant"
    r"|wonderful|superb|stellar|remarkabl\w*|congrat\w*|bravo|kudos|proud\w*|heavy|power"
    r"|good|better|well|nice\w*|right|wrong|bad|badly|worse|cheap\w*|star|genius|rocks?"
    r"|should|ought|recommend\w*|suggest\w*|advis\w*|encourag\w*|increas\w*|boost\w*|maximi[sz]\w*"
    r"|use|uses|using|usual|burn\w*|keep\w*|try|spend\w*|take|takes|put|puts|set|sets|leave|leaves"
    r"|write|writes|type|press|stop|skip|end|ends|look|looks|pays?|go|going|allows"
    r"|mute|unmute|export|forget|delete\w*|tips?|home|tab|button|bot"
    r"|super|toll\w*|klasse|prima|spitzenmassig|grossartig\w*|ausgezeichnet\w*|beeindruck\w*"
    r"|gluckwunsch\w*|gratul\w*|hervorragend\w*|fantastisch\w*|vorbildlich\w*|stolz\w*"
    r"|gut|gute[mnrs]?|besser\w*|schlecht\w*|stark\w*|held\w*|stimmt|ubliche?[mnrs]?"
    r"|sollte\w*|empfehl\w*|empfiehl\w*|steiger\w*|erhoh\w*|ofter\w*|haufiger\w*|intensiver\w*"
    r"|nutze?|nutzt|nutzen|verbrann\w*|verbrenn\w*|schreib\w*|tipp\w*|gib|mach|mache|los|lass\w*|liess\w*"
    r"|stell\w*|stopp|beende\w*|uberspring\w*|losch\w*|erlaub\w*|knopf|startseite|bots?|liste"
)
"""Praise and blame, orders, and advice of any kind."""

ADVICE = re.compile(
    r"\b(?:well|nicely) done\b|\b(?:good|nice) (?:job|work|going)\b|\bkeep (?:it|going|up|using)\b"
    r"|\bmore (?:tokens?|often|use|usage|ai|prompts?|requests?|sessions?)\b"
    r"|\b(?:use|using|spend|spending|burn|burning|try|do) (?:\w+ ){0,4}more\b"
    r"|\bworth (?:the|its?|your|that|this|every|each)\b|\b(?:kosten|geld|es|das) wert\b"
    r"|\b(?:you are|youre|bist du|du bist|du liegst|liegst du) (?:\w+ ){0,2}"
    r"(?:up|above|below|down|oben|unten|daruber|darunter)\b"
    r"|\b(?:gut|stark) gemacht\b|\bweiter so\b|\bgute arbeit\b"
    r"|\bmehr (?:\w+ )?(?:tokens?|ki|anfragen|nutz\w*|verwend\w*|einsetz\w*|gebrauch\w*)\b"
    r"|\b(?:nutz|verwend|benutz|gebrauch)\w* (?:\w+ ){0,4}mehr\b"
)
"""The same in more than one word."""

CAUSE = re.compile(
    r"because|due|owing|thanks?|caus\w*|made|makes?|making|lets?|letting|led|help\w*|brought"
    r"|enabl\w*|results?|resulted|therefore|hence|thereby|thus|through"
    r"|weil|wegen|dank|verursach\w*|bewirk\w*|brachte\w*|gebracht|bringt?|bringen|half|hilft|geholfen"
    r"|ermoglich\w*|fuhrt\w*|folg\w*|somit|denn|deshalb|deswegen|daher|dadurch|darum"
)
"""That one thing brought another; nothing here was ever an experiment."""

GAIN = re.compile(
    r"gain\w*|sav(?:e|es|ed|ing|ings)|won|wins?|earn\w*|profit\w*|positive"
    r"|spar\w*|gespart\w*|erspar\w*|einspar\w*|eingespart\w*|gewonnen\w*|gewinn\w*|verdien\w*|positiv\w*"
)
LOSS = re.compile(
    r"lost|loses?|losing|loss\w*|wast\w*|negative|undone"
    r"|verlor\w*|verlier\w*|verlust\w*|einbuss\w*|eingebusst\w*|verschwend\w*|negativ\w*|ruckgangig"
)
"""Which way a figure goes, in words."""

DENIED = re.compile(
    r"\b(?:not|never|neither|nor|cannot|nicht|nie|niemals|weder)\b"
    r"(?: (?!(?:yet|known|shown|complete|tell|say|in|from)\b)"
    r"(?!(?:bekannt|aus|vollstandig|gezeigt|sagen)\b)\w+|$)"
)
"""What is said not to be so: `not reported` turns a figure over as a minus does."""

NAMES = {
    "cost": re.compile(
        r"costs?|spent|prices?|paid|(?:\w+-)?kosten|kostet\w*|gekostet|preise?|bezahlt"
    ),
    "net": re.compile(r"net|netto"),
    "reported": re.compile(r"report(?:ed|s)?|worth|angaben?|angegeben\w*"),
    "value": re.compile(r"value"),
    "work": re.compile(r"finish\w*|merged|pull|requests?|work|fertig\w*|ubernommen\w*|arbeit"),
    "gain": GAIN,
    "loss": LOSS,
}
"""What a figure is called, and which way it goes: none may stand by a word for another."""

SIGNED = frozenset({"gain", "loss"})
"""Names that need a figure of the facts that has them, also where they stand by none."""

AFTER = frozenset({"after", "nach", "abzuglich"})
"""`After the cost` is no name of what stands behind it."""

WORK_WITH_AI = re.compile(
    r"\b(?:ai costs?|with ai or without|kosten fur ki|ki kosten|mit ki oder ohne)\b"
)
"""How work and AI may be named in one sentence: beside each other."""

TOOLS = re.compile(r"\b(?:ai|ki|tools?|tokens?|models?|modell\w*|werkzeug\w*)\b")
