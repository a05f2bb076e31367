"""The budget: spent and reserved together never exceed the cap, whoever comes when."""

import random
import threading
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from council.engine.budget import NOTHING, Amount, Budget, Limits, Purse, Shortage
from council.meeting.money import NANO

AMOUNTS = st.builds(Amount, st.integers(0, 60), st.integers(0, 60))


def within(worst: Amount, share: float) -> Amount:
    """What a call costs that keeps to its worst case."""
    return Amount(int(worst.nano_usd * share), int(worst.tokens * share))


def assert_kept(budget: Budget) -> None:
    figures = budget.figures()
    taken = figures.spent + figures.reserved
    assert figures.limits.nano_usd is None or taken.nano_usd <= figures.limits.nano_usd
    assert figures.limits.tokens is None or taken.tokens <= figures.limits.tokens
    assert figures.reserved.nano_usd >= 0
    assert figures.reserved.tokens >= 0


class AnyOrder(RuleBasedStateMachine):
    """Purses are filled, drawn on, settled and closed in any order; calls keep to their worst case."""

    purses = Bundle("purses")
    calls = Bundle("calls")

    def __init__(self) -> None:
        super().__init__()
        self.budget = Budget(Limits(100, 150))
        self.spent = NOTHING
        self.held = NOTHING  # What open purses and calls hold, counted anew.

    @rule(target=purses, wanted=st.lists(AMOUNTS, min_size=1, max_size=4))
    def fill(self, wanted: list[Amount]):
        before = self.budget.figures()
        filled = self.budget.fill(wanted)
        if isinstance(filled, Shortage):
            assert self.budget.figures() == before, "what does not fit changes nothing"
            assert filled.needs
            return multiple()
        return multiple(*filled)

    @rule(target=calls, purse=purses, worst=AMOUNTS)
    def draw(self, purse: Purse, worst: Amount):
        before = self.budget.figures()
        drawn = purse.draw(worst)
        if isinstance(drawn, Shortage):
            assert self.budget.figures() == before
            return multiple()
        assert drawn == worst
        return (purse, drawn)

    @rule(call=consumes(calls), share=st.floats(0, 1))
    def settle(self, call: tuple[Purse, Amount], share: float) -> None:
        purse, drawn = call
        really = within(drawn, share)
        purse.settle(drawn, really)
        self.spent += really

    @rule(purse=purses)
    def close(self, purse: Purse) -> None:
        purse.close()
        purse.close()

    @invariant()
    def the_cap_holds(self) -> None:
        assert_kept(self.budget)
        assert self.budget.figures().spent == self.spent


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


@given(st.integers(0, 2**32), st.integers(1, 2_000), st.integers(1, 2_000))
@settings(max_examples=15, deadline=None)
def test_threads_cannot_spend_the_same_money(seed: int, nano_usd: int, tokens: int) -> None:
    """Many turns at once, whose threads change places as often as they can, never take more than there is."""
    budget = Budget(Limits(nano_usd, tokens))
    stop = threading.Event()
    broken: list[AssertionError] = []

    def watch() -> None:
        while not stop.is_set():
            try:
                assert_kept(budget)
            except AssertionError as problem:
                broken.append(problem)

    def turn(number: int) -> None:
        dice = random.Random(seed + number)
        for _visit in range(12):
            worst = Amount(dice.randrange(nano_usd), dice.randrange(tokens))
            filled = budget.fill([worst])
            if isinstance(filled, Shortage):
                continue
            (purse,) = filled
            for _call in range(3):
                drawn = purse.draw(Amount(dice.randrange(nano_usd), dice.randrange(tokens)))
                if isinstance(drawn, Amount):
                    purse.settle(drawn, within(drawn, dice.random() / 4))
            purse.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    run_hurried([lambda number=number: turn(number) for number in range(6)])
    stop.set()
    watcher.join()
    assert broken == []
    assert_kept(budget)
    assert budget.figures().reserved == NOTHING


def run_hurried(jobs: list[Callable[[], None]]) -> None:
    import sys

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=job) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)


def purse_of(budget: Budget, amount: Amount) -> Purse:
    filled = budget.fill([amount])
    assert not isinstance(filled, Shortage)
    return filled[0]


def test_all_or_none() -> None:
    """A fan-out that does not fit as a whole reserves nothing, and says what would do."""
    budget = Budget(Limits(nano_usd=NANO))
    shortage = budget.fill([Amount(NANO // 2, 10), Amount(NANO // 2 + 1, 10)])
    assert isinstance(shortage, Shortage)
    assert budget.figures().reserved == NOTHING
    assert shortage.needs == {"usd": 1.000000001}
    assert "A cap of 1.01 USD would do." in shortage.detail
    assert isinstance(budget.fill([Amount(NANO // 2, 10), Amount(NANO // 2, 10)]), list)


def test_a_call_that_turns_out_dearer_is_recorded_as_what_it_was() -> None:
    """Nothing is hidden: spent may then be over the cap, and nothing more is reserved."""
    budget = Budget(Limits(nano_usd=100, tokens=1000))
    purse = purse_of(budget, Amount(50, 10))
    drawn = purse.draw(Amount(50, 10))
    assert drawn == Amount(50, 10)
    purse.settle(Amount(50, 10), Amount(120, 30))
    purse.close()
    assert budget.figures().spent == Amount(120, 30)
    assert budget.figures().reserved == NOTHING
    assert isinstance(budget.fill([Amount(1, 0)]), Shortage)
    assert isinstance(budget.fill([Amount(0, 1)]), list), "a call without a price needs no money"


def test_what_is_left_over_pays_for_the_next_call() -> None:
    """A purse gives nothing back before its turn ends; a larger call reserves what is missing."""
    budget = Budget(Limits(nano_usd=100))
    purse = purse_of(budget, Amount(60))
    first = purse.draw(Amount(60))
    assert isinstance(first, Amount)
    purse.settle(first, Amount(10))
    assert budget.figures().reserved == Amount(50)
    assert purse.draw(Amount(70)) == Amount(70)
    assert budget.figures().reserved == Amount(70)
    purse.settle(Amount(70), Amount(5))
    purse.close()
    assert budget.figures().spent == Amount(15)
    assert budget.figures().reserved == NOTHING


def test_without_a_cap_nothing_is_reserved() -> None:
    """What is spent is counted all the same."""
    budget = Budget(Limits(seconds=5))
    purse = purse_of(budget, Amount(10**15, 10**15))
    assert purse.draw(Amount(10**15)) == NOTHING
    purse.settle(NOTHING, Amount(7, 8, 8))
    purse.close()
    assert budget.figures() == type(budget.figures())(Limits(seconds=5), Amount(7, 8, 8), NOTHING)


def test_a_cap_that_comes_later_binds_what_comes_after_it() -> None:
    """A raised cap lets more through, and a new one begins to hold."""
    budget = Budget(Limits())
    early = purse_of(budget, Amount(500))
    in_flight = early.draw(Amount(500))
    assert in_flight == NOTHING
    budget.limit(Limits(nano_usd=100))
    assert isinstance(budget.fill([Amount(101)]), Shortage)
    early.settle(NOTHING, Amount(90))
    early.close()
    assert isinstance(budget.fill([Amount(11)]), Shortage)
    budget.limit(Limits(nano_usd=200))
    assert isinstance(budget.fill([Amount(11)]), list)


def test_a_cap_is_exact() -> None:
    """Tenths of a dollar are no binary fractions; ten of them are a dollar all the same."""
    assert Limits.of({"usd": 0.1, "tokens": None, "seconds": 2}) == Limits(NANO // 10, None, 2)
    budget = Budget(Limits.of({"usd": 1.0}))
    for _dime in range(10):
        assert isinstance(budget.fill([Amount(NANO // 10)]), list)
    assert isinstance(budget.fill([Amount(1)]), Shortage)
