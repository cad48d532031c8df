"""The numbers of method.md section 6 that decisions use, with what each one means.

A change of any of them is a change of the method: raise VERSION with it. AWD are a person's
available working days (method.md 2.3).
"""

from datetime import timedelta
from decimal import Decimal

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

# Value per token (method.md 1.4 to 1.9).

INTERVAL_LEVEL = 0.80
"""A likely range covers the true value at least this often."""

PULSE_WEEKS = 8
"""So many eligible weeks make a summary."""

PULSE_UNANSWERED_MAX = 4
"""After so many questions in a row without an answer somebody is asked rarely. Not in method.md:
so that whoever does not want to answer is not asked 52 times a year."""

PULSE_RARE_EVERY = 4
"""Who is asked rarely is asked once in so many weeks."""

LOOK_BACK_WEEKS = 16
"""So many weeks back the eligible ones are looked for: daily rows are kept for 120 days."""

CHANGE_WEEKS = 13
"""F7 compares so many weeks with as many before them, in fixed blocks: once a quarter."""

COST_DAYS_NEEDED = 14
"""A tool's figures must be complete for so many days before a cost is said (method.md 1.11)."""

EXPLORE_DAYS = 91
"""So long after somebody joined a campaign in its exploring phase they get no hint about cost."""

PULSE_MIN_ANSWERS = 4
"""Fewer answered weeks than this say no typical week."""

CURRENCY_PER_MINUTE = Decimal(1)
"""r: one constant for the whole organisation, never a person's salary; 1.00 is $60 an hour."""

COST_FLOOR = Decimal(1)
"""C_min in currency per week: what a ratio divides by at the least."""

CHANGE_ALPHA = 0.05
"""F7 says "higher" or "lower" when chance alone would this rarely."""

CHANGE_MIN_ANSWERS = 8
"""Fewer answered weeks in either quarter say nothing about a change."""

OUTCOME_DAYS = 28
"""Finished work and its cost are counted over so many complete days."""

OUTCOME_MEDIAN_FROM = 5
"""With fewer finished pieces of work only the range of their cost is said."""

SURVIVAL = timedelta(days=14)
"""A finished piece of work is final after this: reverted or reopened before, it does not count."""

PRIOR_SHAPE = 0.5
"""F6's prior shape."""

PREMIUM_PEOPLE = 200
"""F8 is said of so many people or more, who answered in both quarters."""

PREMIUM_MINUTES = 30
"""F8 needs so many minutes a week in either quarter, in the mean."""

PREMIUM_DAYS = 1.5
"""F8 needs so many active days a week in either quarter, in the mean."""

PREMIUM_STEP = 0.25
"""F8 is said in steps of so much of a logarithm, which is about 28 %. One person moves it by 0.237
at the most (method.md 1.8), and so by one step at the most; of 25 points it could be more."""

PREMIUM_DRAWS = 1000
"""So many samples of the same people, drawn with replacement, give F8 its range."""

HINT_GAP = timedelta(days=30)
"""At most one hint in this time."""

HINT_SAVING_LEAST = Decimal(5)
"""In currency, of the last OUTCOME_DAYS: less is not worth a hint."""

HINT_SAVING_SHARE = Decimal("0.3")
"""Of that spend: less is not worth a hint."""

EXTRA_TURNS = Decimal("1.5")
"""kappa of F9: a smaller model is allowed half as many tokens again."""

CACHE_WRITTEN_LEAST = 10**6
"""F10 speaks only of at least so many written tokens."""

# Campaigns (method.md 3.2 to 3.9).

ALPHA = 0.05
"""Over all looks of a campaign, chance alone makes an interval miss the truth this rarely."""

LOOK_PEOPLE = 20
"""So many matured people in either arm make a look."""

LOOK_GAIN = 10
"""So many more in either arm than at the look before: two looks must not tell of a handful."""

LOOK_OUTCOMES = 10
"""So many who started, and so many who did not, over both arms."""

ACTIVATION_DAYS = 14
"""A14: an active day within so many days after the draw."""

PERSISTENCE_DAYS = range(29, 43)
"""P42: the days after the draw in which use shows that it lasts."""

PERSISTENCE_ACTIVE = 2
"""P42: so many active days among them."""

PERSISTENCE_MULTIPLIER = 1.96
"""P42 is looked at once, so its interval is the plain one."""

WORTH_IT = 0.02
"""When the uplift is surely smaller than this, a campaign is not worth it."""

RATIO_PRIOR = 100
"""k of F13: how firmly the share that was drawn is believed in."""

RATIO_STOP = 1000
"""A campaign whose arms are so unlikely pauses itself."""

RATIO_WATCH = 20
"""Arms so unlikely are worth a look. Not in method.md, which calls 37 *watch* and 0.7 nothing."""

OPTOUT_RATE = 0.02
"""p0 of F17: so many of those who are nudged may opt out."""

OPTOUT_STOP = 20
"""A campaign with so much evidence for more of them pauses itself."""

CAMPAIGN_PEOPLE = 20
"""No campaign has fewer people."""

AUDIENCE_STEP = 10
"""An audience is said in steps of so many."""

POWER = 0.80
"""What can be seen is what is found this often."""

LOOKS_COST = 1.06
"""Weekly looks need so many times the people of one look at the end."""

BASE_RATE = 0.10
"""So many start without a nudge, where nothing better is known. The sentence of method.md 3.6 is
made with it."""

TYPICAL_EFFECT = 0.05
"""A typical nudge has no more than this."""

TEAM_SMALL = 8
"""In a team of so many people or fewer tips are shared."""

TEAM_SHARED = (1, 3)
"""When more than this share (a fraction) of a campaign share a small team, teams are drawn."""

TEAM_ALIKE = 0.05
"""ICC: how alike people of a team are, where nothing better is known."""

TIPS_MOST = 3
"""A campaign has no more tips; each is as likely."""

NAME_LONGEST = 80
"""Characters of a campaign's name."""

PURPOSE_LONGEST = 500
"""Characters of what a campaign is for."""

STEPS_MOST = 6
"""A campaign has no more messages for anybody."""

CAMPAIGN_LONGEST = timedelta(days=364)
"""A campaign has an end, and it is read there for the last time."""

SETTLING_DAYS = 7
"""So many days after its last one a window is expected to be known; the watermark decides."""

HOLDOUT_LEAST = 0.05
"""Less held out could not be compared with; the programme's own holdout is as large."""

HOLDOUT_MOST = 0.5
"""More would keep back more people than any comparison gains from."""

PROGRAMME_HOLDOUT = 0.05
"""The share of people who get no campaign in a year, drawn anew each year (method.md 3.2)."""

# Tips that are written in chat.

TIP_TITLE_LONGEST = 60
"""Characters of a tip's name: it stands in lists whose lines Slack ends at 75."""

TIP_TASK_LONGEST = 1500
"""Characters of the task. A message is read in a minute, and Slack takes 3,000 in a block."""

TIP_UNDERSTAND_LONGEST = 500
"""Characters of what there is to understand."""

TIP_ASK_LONGEST = 300
"""Characters of whom to ask."""

TIP_OWNER_LONGEST = 80
"""Characters of the team or role that owns a tip."""

TIP_REASON_LONGEST = 200
"""Characters of why the risk is what it is."""

TIP_SOURCE_LONGEST = 200
"""Characters of where the advice comes from."""

TIP_TOOLS_MOST = 2
"""So often a part of a tip may name the tools: their names may be long."""

TIP_PARAGRAPHS_MOST = 10
"""Each part of a tip has no more paragraphs: a message has 50 blocks at the most."""

TIP_REVIEW_WITHIN = timedelta(days=365)
"""A tip is read again within so long."""
