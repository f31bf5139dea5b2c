"""What a licence may say: how long it lasts, which standing conditions it can carry."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from licensing.rules.periods import Period

LONGEST_MONTHS = {"single": 12, "general": 36, "registration_voucher": 12}
"""CN-REG-2024-792 Art 15: a single licence up to 1 year, a general licence up to 3 years."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A standing condition, in both languages of the licence."""

    key: str
    en: str
    zh: str
    usual: bool = True


CONDITIONS: tuple[Condition, ...] = (
    Condition(
        "one_export",
        "Valid for one export. The licence lapses when that export is done.",
        "本许可证仅限一次出口,出口完成后自动失效。",
    ),
    Condition(
        "no_transfer",
        "The end user shall not change the end use or pass the goods on to a third party without consent of the "
        "authority.",
        "未经主管机关许可,最终用户不得擅自改变最终用途或者向任何第三方转让货物。",
    ),
    Condition(
        "report",
        "The holder shall report departure, arrival and use of the goods within 30 days of arrival.",
        "持证人应当在货物到达后30日内报告离境、到达及使用情况。",
    ),
    Condition(
        "site_visit",
        "The end user shall allow a visit to the site of use when the authority asks for it.",
        "最终用户应当配合主管机关对使用地点的核查。",
        usual=False,
    ),
)


def valid_for(kind: str, *, start: date, months: int) -> Period:
    """The days on which a licence of this kind is valid. Raises ValueError beyond the longest lawful term."""
    longest = LONGEST_MONTHS[kind]
    if not 1 <= months <= longest:
        raise ValueError(f"A licence of this kind is valid for 1 to {longest} months, not {months}.")
    year, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + year, month + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    end = date(year, month, day)
    return Period(start, end if end > start else start + timedelta(days=1))
