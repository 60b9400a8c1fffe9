"""The schedule: when the nightly flows run, checked before anything is started."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from zoneinfo import available_timezones

from flows.jobs.refusals import ScheduleError

LABEL: Final = "30 4 * * *"  # not between 01 and 03, where a clock change skips or repeats an hour
RETRAIN: Final = "0 6 * * sun"
FIELDS: Final = (5, 6)  # minute, hour, day, month, weekday, and perhaps second
FIELD: Final = re.compile(r"[0-9a-zA-Z*,/#?-]+")


@dataclass(frozen=True)
class Schedule:
    """When to label and when to train, and in which time zone."""

    label: str = LABEL
    retrain: str = RETRAIN
    timezone: str = "UTC"

    def check(self) -> None:
        """ScheduleError for what cannot be a schedule; Prefect reads the cron lines more closely."""
        if self.timezone not in available_timezones():
            message = f"{self.timezone}: no such time zone; found none of that name; write one like Europe/Rome or UTC"
            raise ScheduleError(message)
        for line in (self.label, self.retrain):
            fields = line.split()
            if len(fields) not in FIELDS or not all(FIELD.fullmatch(field) for field in fields):
                raise bad_cron(line)


def bad_cron(line: str) -> ScheduleError:
    """The refusal of a cron line."""
    what = "minute, hour, day, month, weekday"
    return ScheduleError(f"{line!r}: no cron line; found other than five fields of {what}; write one like {LABEL!r}")
