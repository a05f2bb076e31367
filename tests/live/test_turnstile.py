"""A few at a time."""

import threading
from concurrent.futures import ThreadPoolExecutor

from council.live.turnstile import Turnstile
from tests.support.waiting import wait_until


def test_a_few_go_through_at_a_time() -> None:
    """Of many who come in one moment no more are inside than there are places, and all of them get in."""
    turnstile, inside, most, lock = Turnstile(3, patience_seconds=60), 0, [0], threading.Lock()

    def go(number: int) -> int:
        nonlocal inside
        with turnstile.passing():
            with lock:
                inside += 1
                most.append(inside)
            with lock:
                inside -= 1
        return number

    with ThreadPoolExecutor(16, "comer") as pool:
        assert list(pool.map(go, range(200))) == list(range(200))
    assert max(most) <= 3


def test_nobody_is_kept_out() -> None:
    """Who has waited long enough goes through beside whoever stays inside, and takes nobody's place."""
    turnstile, left = Turnstile(1, patience_seconds=0.01), threading.Event()
    read = turnstile.paced(lambda word, *, times: word * times)
    with ThreadPoolExecutor(1, "stayer") as pool:
        entered = threading.Event()

        def stay() -> None:
            with turnstile.passing():
                entered.set()
                left.wait()

        stays = pool.submit(stay)
        wait_until(entered.is_set)
        assert read("ha", times=2) == "haha"
        left.set()
        stays.result()
    patient = Turnstile(1, patience_seconds=60)
    for _ in range(3):
        with patient.passing():
            pass
