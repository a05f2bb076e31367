"""Where meetings begin: anew, or from the beginning of another one."""

from typing import Any

from sqlalchemy.engine import Connection

from council.commands import RerunSession, StartSession
from council.engine import rerun
from council.engine.asker import Asker
from council.engine.estimator import Estimator, first_budget
from council.engine.opening import Opening, Seating, fingerprint, prepare
from council.engine.record import members_of
from council.engine.shelving import living_group, still_has_group
from council.engine.supervisor import Supervisor
from council.errors import Conflict, RateLimited
from council.events import SessionCreated, session_channel
from council.live.journal import Journal
from council.live.records import Decide, Decision
from council.settings import Settings
from council.store import channels, sessions
from council.store.engine import Store

ANSWER_SECONDS = 10.0  # How long a command waits for the database.


class Reception:
    """Thread-safe; every call blocks until the meeting is stored, and the supervisor has it."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        supervisor: Supervisor,
        seating: Seating,
        estimator: Estimator,
        settings: Settings,
    ) -> None:
        self._store = store
        self._journal = journal
        self._supervisor = supervisor
        self._seating = seating
        self._estimator = estimator
        self._settings = settings

    def start(self, command: StartSession, asker: Asker) -> dict[str, Any]:
        """The result of the first call, however often it comes. Raises a Refused or BadInput."""
        same = fingerprint(command)
        with self._store.read() as connection:
            known = _begun_before(connection, command.session_id, same, asker)
        if known is None:
            opening = prepare(command, asker.library, self._seating, self._settings)
            opening = self._estimator.priced(opening, command.budget)
            if command.group_id is not None and not asker.joins(command.group_id):
                opening.session["group_id"] = None  # Its words are for all; what it remembers is not.
            opening.session["owned_by"] = asker.user_id
            known = self._journal.decide(
                session_channel(command.session_id), self._creation(command, opening, asker)
            ).wait(ANSWER_SECONDS)
            self._supervisor.submit(command.session_id)
        result: dict[str, Any] = known
        return result

    def rerun(self, command: RerunSession, asker: Asker) -> dict[str, Any]:
        """Start a meeting that shares the beginning of another one. Otherwise as ``start``."""
        same = rerun.fingerprint(command)
        with self._store.read() as connection:
            known = _begun_before(connection, command.new_session_id, same, asker)
            prepared = known or rerun.prepare_rerun(connection, command, asker.library, self._seating)
        if not isinstance(prepared, dict):
            group_id = prepared.session["group_id"]
            if group_id and not asker.joins(group_id):
                prepared.session["group_id"] = None
                if asker.library.group_shelf.find(group_id) is None:
                    prepared.session["group_prompt"] = None
            self._estimator.refuse_unknown(members_of(prepared.session), prepared.session["cap"])

        def decide(connection: Connection) -> Decision:
            before = _begun_before(connection, command.new_session_id, same, asker)
            if before is not None or isinstance(prepared, dict):
                return Decision(result=before)
            self._refuse_too_many(connection, asker)
            group_id = living_group(connection, prepared.session["group_id"], asker.library)
            prepared.session.update(group_id=group_id, owned_by=asker.user_id)
            rerun.insert(connection, prepared)
            result = {"session_id": command.new_session_id, "status": "pending", "created": True}
            return Decision((*prepared.events, *first_budget(prepared.session)), result)

        if known is None:
            channel = session_channel(command.new_session_id)
            known = self._journal.decide(channel, decide).wait(ANSWER_SECONDS)
            self._supervisor.submit(command.new_session_id)
        result: dict[str, Any] = known
        return result

    def _creation(self, command: StartSession, opening: Opening, asker: Asker) -> Decide:
        def decide(connection: Connection) -> Decision:
            same = opening.session["fingerprint"]
            known = _begun_before(connection, command.session_id, same, asker)
            if known is not None:
                return Decision(result=known)
            self._refuse_too_many(connection, asker)
            still_has_group(connection, command.group_id, asker.library)
            channels.create(connection, session_channel(command.session_id))
            sessions.insert(connection, opening.session, opening.documents)
            created = SessionCreated(template_id=command.template_id, subject=opening.session["subject"])
            events = (created, *first_budget(opening.session))
            return Decision(events, {"session_id": command.session_id, "status": "pending", "created": True})

        return decide

    def _refuse_too_many(self, connection: Connection, asker: Asker) -> None:
        most = self._settings.limits.meetings_per_user
        if asker.user_id is not None and sessions.unfinished_of(connection, asker.user_id) >= most:
            raise RateLimited(
                f"{most} meetings of yours are not over yet.", hint="Stop one, or wait until one has ended."
            )


def _begun_before(connection: Connection, session_id: str, same: str, asker: Asker) -> dict[str, Any] | None:
    """What a repeated start is answered with. Raises Conflict for another one under the same id."""
    row = sessions.find(connection, session_id)
    if row is None:
        return None
    if row["fingerprint"] != same or row["owned_by"] != asker.user_id:
        raise Conflict(f"Session {session_id} was started with other inputs.")
    return {"session_id": row["session_id"], "status": row["status"], "created": False}
