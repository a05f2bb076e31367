"""The parts of a Council as one: how they start."""

from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError

from council.llm.catalogue import Catalogue
from council.parts import Parts


def test_it_starts_while_the_database_is_away(
    make_council: Callable[..., Parts], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is only fetched ahead may fail: whoever needs it is told."""

    def away(self: Catalogue) -> None:
        raise OperationalError("select", None, Exception("unable to open database file"))

    monkeypatch.setattr(Catalogue, "warm_up", away)
    parts = make_council()
    parts._warm_up.join(10)
    assert parts.app.test_client().get("/ready").status_code == 200  # type: ignore[attr-defined]
