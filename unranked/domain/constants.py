"""The numbers of method.md section 6 that decisions use, with what each one means.

A change of any of them is a change of the method: raise VERSION with it. AWD are a person's
available working days (method.md 2.3).
"""

from datetime import timedelta

VERSION = 1
"""Stored with every decision, so that a later reader knows which numbers it obeyed."""

# How far data is complete (method.md 2.2).

LAG = timedelta(hours=72)
"""How long after the end of a day its figures may be missing, where a connector says nothing."""

UNCHANGED_FOR = timedelta(hours=24)
"""A day's totals must have stayed the same for this long."""

SETTLED_AFTER = timedelta(days=7)
"""This long after end of day and lag, a day counts as read even if it has just changed."""

UNMAPPED_MAX_PERCENT = 2
"""The share of a day's rows that may belong to nobody known."""

CANARY_MIN_PERCENT = 50
"""A business day with a smaller share of the usual rows is not believed."""

CANARY_FEED_ROWS = 5
"""A feed with fewer usual rows is not held against itself alone: chance makes its empty days."""

CANARY_WEEKS = 4
"""How many earlier weeks say what is usual."""

LOW_SETTLED_AFTER = timedelta(days=2)
"""This long after end of day and lag, a day with few rows may be believed. With the lag it stays
under STALE_DAYS: in a small team chance makes such days, and they must not silence it."""

SILENT_DAYS = 28
"""After this many days without any row, a source may as well be cut off."""

STALE_DAYS = 7
"""When the watermark is older than this, nothing is said about anybody's use."""

# Segments (method.md 2.3 to 2.5).

UNKNOWN_PATTERN_FACTOR = (3, 2)
"""Times this (a fraction), every count of AWD, when nobody said which days a person works."""

NEW_AWD = 15
"""A person is new for this many AWD after the first seat or the first day of work."""

AWAY_AWD = 5
"""Fewer AWD than this within AWAY_WINDOW make a person away."""

AWAY_WINDOW = timedelta(days=28)
"""The calendar days that AWAY_AWD looks at."""

IDLE_AWD = 20
"""No use in this many AWD is the least that is called a pause."""

LAPSE_CAP_AWD = 60
"""No personal threshold is longer than this."""

LAPSE_CHANCE = 0.05
"""A pause is a lapse when chance alone would bring one as long this rarely (F11)."""

TRIED_ONCE_DAYS = 2
"""At most this many active days ever are a try, not a habit."""

# Nudges (method.md 3.2 and 3.7).

NUDGE_GAP = timedelta(days=14)
"""At most one nudge in this time, over all campaigns."""

NUDGES_PER_QUARTER = 3
"""At most this many nudges within QUARTER, over all campaigns."""

QUARTER = timedelta(days=92)
"""The longest quarter. It rolls: no quarter of the calendar can then hold more either."""

FEWER_GAP = timedelta(days=28)
"""NUDGE_GAP for those who asked for fewer."""

FEWER_PER_QUARTER = 1
"""NUDGES_PER_QUARTER for those who asked for fewer."""

UNANSWERED_MAX = 2
"""After this many nudges in a row without any interaction there are no more."""

AFTER_LEAVE_AWD = 2
"""On the first AWD after leave nobody is nudged."""

SEND_WITHIN = timedelta(days=7)
"""A nudge is only planned when it can go out this soon: nothing is checked again before that."""

SMALL_CAMPAIGN = 1000
"""Below this many expected people half of them are held out."""

HOLDOUT_SMALL = 0.5
"""The share held out of a small campaign."""

HOLDOUT_LARGE = 0.2
"""The share held out of any other campaign."""
