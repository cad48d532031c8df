"""Thirty time zones: both halves of the earth, half hours, many dates of change, and none."""

ZONES = (
    "Africa/Cairo",
    "Africa/Casablanca",  # changes around Ramadan
    "Africa/Johannesburg",
    "Africa/Lagos",
    "America/Anchorage",
    "America/Argentina/Buenos_Aires",
    "America/Chicago",
    "America/Halifax",
    "America/Havana",
    "America/Los_Angeles",
    "America/New_York",
    "America/Phoenix",  # none of its country's changes
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",  # half an hour off
    "Asia/Dubai",
    "Asia/Jerusalem",
    "Asia/Kathmandu",  # three quarters of an hour off
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Adelaide",  # half an hour off, and it changes
    "Australia/Lord_Howe",  # changes by half an hour
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Moscow",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Honolulu",
)
