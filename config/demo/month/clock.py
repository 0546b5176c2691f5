"""The clock that is driven: it steps from one event to the next."""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

Act = Callable[[datetime], object]


class Clock:
    """Events in the order of their moments; of those at one moment the service's own, which are marked, come first."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._events: list[tuple[datetime, bool, int, Act]] = []
        self._number = count()

    def at(self, moment: datetime, act: Act, *, service: bool = False) -> None:
        """Have this happen then; at once, where the moment is past."""
        heapq.heappush(self._events, (max(moment, self.now), not service, next(self._number), act))

    def run(self, is_over: Callable[[], bool]) -> None:
        """Let everything happen until there is nothing more, or until is_over says so."""
        while self._events and not is_over():
            self.now, _, _, act = heapq.heappop(self._events)
            act(self.now)
