"""Days and moments of events. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# The statements and figures of partners count in days here.
LAGOS = ZoneInfo("Africa/Lagos")


def day_starts(day: date, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which the day begins in the zone, however summer time moves its clock."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def moment_in(moment: datetime, zone: ZoneInfo) -> datetime:
    """A moment in UTC; one without an offset is what the clocks of `zone` show, the first time that they do.

    Raises ValueError for a time that they never show, since they are put forward over it.
    """
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    there = moment.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if there.astimezone(zone).replace(tzinfo=None) != moment:
        raise ValueError("The clocks there are put forward over this time.")
    return there


def working_days_after(day: date, count: int) -> date:
    """The day that many working days (Monday to Friday) later."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day
