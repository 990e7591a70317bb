"""What goes wrong at a stand-in, as POST /mock/faults and `--faults FILE` say it."""

import random
from dataclasses import dataclass
from typing import Any

# What a call of the API meets: an answer of 429 or 500, HTML, `seconds` of silence first, a line that is cut before
# or after the effect, a credential that is refused. And `seconds` by which the stand-in's clock is off.
OF_CALLS = ("429", "500", "html", "slow", "drop", "drop after", "token")
CLOCK = "clock"
# What a webhook suffers: sent twice, held for up to `seconds`, lost.
OF_WEBHOOKS = ("duplicate", "reorder", "lose")
KINDS = (*OF_CALLS, CLOCK, *OF_WEBHOOKS)


@dataclass
class Fault:
    """Strikes what has `match` in its name: `count` times, or with probability `rate`, or always."""

    kind: str
    count: int | None = None
    rate: float = 1.0
    match: str = ""
    seconds: float = 1.0

    def __post_init__(self) -> None:
        numbers = [self.rate, self.seconds, *([] if self.count is None else [self.count])]
        if self.kind not in KINDS or not isinstance(self.match, str):
            raise ValueError(f"kind is one of: {', '.join(KINDS)}; match is a text")
        if any(isinstance(number, bool) or not isinstance(number, int | float) for number in numbers):
            raise ValueError("count, rate and seconds are numbers")


class Faults:
    """The faults that are set; chance is the same in each run."""

    def __init__(self) -> None:
        self.random = random.Random()
        self.clear()

    def clear(self) -> None:
        """Good days, and the same chances as at the start."""
        self.rules: list[Fault] = []
        self.random.seed(0)

    def set(self, rules: Any) -> None:
        """These instead of those before. Raises ValueError."""
        if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
            raise ValueError("faults is a list of objects")
        try:
            self.rules = [Fault(**rule) for rule in rules]
        except TypeError as error:
            raise ValueError("a fault has kind, count, rate, match and seconds") from error

    def take(self, kinds: tuple[str, ...], name: str) -> Fault | None:
        """The first that strikes now."""
        for fault in self.rules:
            if fault.kind not in kinds or fault.match not in name or fault.count == 0:
                continue
            if fault.rate < 1 and self.random.random() >= fault.rate:
                continue
            if fault.count is not None:
                fault.count -= 1
            return fault
        return None

    @property
    def clock_is_off_by(self) -> float:
        """Seconds."""
        return sum(fault.seconds for fault in self.rules if fault.kind == CLOCK)
