"""Sees off those who listen and may not any more: signed out, expired, or a share was taken back."""

import logging
import threading

from council.events import EVERYTHING, session_of
from council.live.hub import NOT_YOURS, SERVICE_RESTART, SIGN_IN_NEEDED, Attendance, Hub
from council.people.access import Access
from council.people.accounts import Accounts
from council.people.audience import Audience
from council.people.keys import Keys
from council.people.who import Who

log = logging.getLogger(__name__)


class Doorkeeper:
    """One thread that looks every few seconds; whoever changes rights in this process makes it look at once."""

    def __init__(
        self,
        hub: Hub,
        accounts: Accounts,
        keys: Keys,
        access: Access,
        audience: Audience,
        *,
        poll_seconds: float = 3.0,
    ) -> None:
        self._hub = hub
        self._accounts = accounts
        self._keys = keys
        self._access = access
        self._audience = audience
        self._poll_seconds = poll_seconds
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="doorkeeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> None:
        """Compare all who listen with what they may."""
        self._audience.forget()
        present = self._hub.attendance()
        if not present or not self._accounts.exist():
            return
        ids = {each.guest.credential_id for each in present if each.guest.credential_id}
        known = self._keys.known(ids)
        answers: dict[
            tuple[str | None, str, str], bool
        ] = {}  # Of this look: most listen to what others listen to.
        for each in present:
            self._check(each, known.get(each.guest.credential_id or ""), answers)

    def _check(
        self, each: Attendance, who: Who | None, answers: dict[tuple[str | None, str, str], bool]
    ) -> None:
        if who is None:
            each.listener.close(SIGN_IN_NEEDED, "sign in again")
        elif who.level != each.guest.level:
            each.listener.close(SERVICE_RESTART, "rights changed")
        elif not all(self._may_hear(who, channel, answers) for channel in each.channels):
            each.listener.close(NOT_YOURS, "not shared with you any more")

    def _may_hear(self, who: Who, channel: str, answers: dict[tuple[str | None, str, str], bool]) -> bool:
        session_id, asked = session_of(channel), (who.user_id, who.level, channel)
        if channel == EVERYTHING or session_id is None:
            return True
        if asked not in answers:
            answers[asked] = self._access.may(who, "session", session_id)
        return answers[asked]

    def _watch(self) -> None:
        while not self._closed.wait(self._poll_seconds):
            try:
                self.look()
            except Exception:  # top of the doorkeeper's thread
                # The store does not answer now; the next look is soon.
                log.exception("rights could not be compared")
