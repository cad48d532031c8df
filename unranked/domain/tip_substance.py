"""Whether a tip says something that can be done, understood and asked: empty words do not.

Nobody can check that a task is a good one, so a person reads it. What is checked is that there is
one: steps with words that tell something, and somebody to ask. English and German together, for
words of either may stand in a tip of the other; compared in small letters without accents.
"""

import re

from unranked.domain.wording_reading import words

STEPS_LEAST = 2
"""A task is a thing to take and a thing to do with it: so many sentences or lines."""

TOLD_IN_A_STEP = 2
TOLD_IN_A_TASK = 6
TOLD_TO_UNDERSTAND = 2
"""Different words that tell something; those of `_EMPTY` do not. The library's tasks have 40."""

_STEP = re.compile(r"\n+|[.!?]+\W*(?:\s|$)")


def is_a_task(said: str) -> bool:
    """Return whether there are steps in it, each of which says what to take, type or check."""
    steps = [told for step in _STEP.split(said) if len(told := _told(step)) >= TOLD_IN_A_STEP]
    return len(steps) >= STEPS_LEAST and len(set().union(*steps)) >= TOLD_IN_A_TASK


def is_something_to_understand(said: str) -> bool:
    """Return whether it says anything about what the reader knows at the end."""
    return len(_told(said)) >= TOLD_TO_UNDERSTAND


def names_a_human(said: str) -> bool:
    """Return whether it says whom to ask: a person, a role, a team or a channel."""
    every = words(said)
    if _CHANNEL.search(said) or _BUTTON.search(" ".join(every)):
        return True
    if any(_HUMAN.fullmatch(one) for one in every):
        return True
    asks = any(_ASKS.fullmatch(one) for one in every)
    return asks and any(not _ASKS.fullmatch(one) for one in _told(said))


def _told(said: str) -> set[str]:
    """Return the different words that tell something, without figures."""
    return {one for one in words(said) if one.isalpha() and len(one) > 1} - _EMPTY


_CHANNEL = re.compile(r"(?:^|\s)#\w")
_BUTTON = re.compile(r"\bhelp me\b|\bwer hilft mir\b")
_ASKS = re.compile(
    r"ask|show|talk|discuss|contact|consult|frag|frage|zeig|zeige|sprich|spreche|wende|besprich"
)
_HUMAN = re.compile(
    r"(?:colleague|coworker|teammate|team|person|expert|specialist|manager|mentor|coach|trainer"
    r"|teacher|neighbou?r|friend|author|owner|reviewer|reader|librarian|desk|office|department"
    r"|group|channel|community|champion|customer)s?"
    r"|people|somebody|someone|anybody|anyone|human|humans|whoever|lead|leads|boss"
    r"|\w*(?:kolleg(?:e|en|in|innen)|person|personen|team|teams|abteilung|gruppe|kanal|stelle)"
    r"|jemand\w*|mensch|menschen|leute|leuten|wer|chefin|chef|\w*fachleute\w*|\w*fachkraft"
    r"|\w*leitung|\w*leiter|\w*leiterin|expertin|experte|experten|\w*beratung|nachbar\w*"
)
"""Who can be asked. A role of any other name is one behind a word for asking: `ask Finance`."""

_ENGLISH = """
a about after again all almost also always am an and any anything are as at back be because been
before being both but by can could day days did do does doing done each either even ever every
everybody everyone everything few for from get gets getting give gives go goes going got had has
have having he her here him his how however i if in into is it its itself just know learn less let
lets like little look lot lots made make makes making many may me might more most much must my
myself need needs never new no not nothing now of off often on once one only or other others our
out over own please put really right same see she should so some something sometimes soon still
such sure take takes than that the their them then there these they thing things this those through
time times to today together too up us use used user users uses using very want wants was way ways
we well were what whatever when where which while who whole why will with without work working
works would yes you your yours yourself
ai assistant assistants tool tools tip tips task tasks minute minutes ten chatbot software
technology digital smart great good better best nice cool fun easy easily simple simply fast faster
quick quickly useful helpful help helps amazing awesome powerful productive productivity efficient
efficiency effective benefit benefits possibilities potential possible success successful future
enjoy explore discover experience experiment try trying start starting begin change changes improve
improves curious creative innovative innovation job daily life stuff
"""
_GERMAN = """
aber alle allem allen aller alles als also am an andere anderen anderes auch auf aus bei beim bin
bis bist da dabei dafur dann daran darauf darin das dass dein deine deinem deinen deiner dem den
denn der des dich die dies diese diesem diesen dieser dieses dir doch dort du durch ein eine einem
einen einer eines einfach einmal er es etwas fur ganz gar geht gib gibt gut hab habe haben hast hat
hier ich ihm ihn ihr im immer in ins ist ja jede jedem jeden jeder jedes jetzt kann kannst kein
keine konnen lass machen mach mache macht mal man manche mehr mein meine mich mir mit muss musst
nach nein nicht nichts nie noch nun nur ob oder oft ohne schon sehr sein seine sich sie sind so
soll solltest uber um und uns unser unter viel viele vielen vom von vor war warum was weg wenig
weil wenn werden wie wieder will willst wir wird wirst wo worum wurde zu zum zur
ki assistent assistenten werkzeug werkzeuge werkzeugen tipp tipps aufgabe aufgaben minute minuten
zehn nutz nutze nutzen nutzung benutz benutze benutzen arbeit arbeiten arbeite arbeitest arbeitet
toll super klasse prima besser beste leicht schnell schneller nutzlich hilfreich hilft helfen
produktiv produktiver effizient effizienter erfolg erfolgreich zukunft moglichkeiten potenzial
probier probiere probieren ausprobieren versuch versuche versuchen entdecke entdecken erlebe spass
neu neue neues neuen lern lerne lernen sache sachen ding dinge tag tage alltag heute zeit leben
verbessern verbessere kreativ neugierig digital technik starte starten beginne fang
"""
_EMPTY = frozenset(f"{_ENGLISH} {_GERMAN}".split())
"""Small words, and words of praise and of trying that fit any tip and tell nothing of this one."""
