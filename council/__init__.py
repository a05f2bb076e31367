"""Council: a meeting room for language models and people.

``create_app`` is the one place where the parts are chosen and joined.
"""

from pathlib import Path
from typing import Any

from flask import Flask

from council import clock
from council.bus.local import LocalBus
from council.dispatch.threads import ThreadDispatch
from council.engine.control import Control
from council.engine.drafting import Drafter
from council.engine.estimator import Estimator
from council.engine.supervisor import Supervisor
from council.engine.turn import Desk
from council.live.frames import Batch
from council.live.hub import Hub
from council.live.journal import Journal
from council.live.socket import Sock
from council.llm.catalogue import Catalogue
from council.llm.prices import Prices
from council.log import configure_logging
from council.meeting.recall import recall_terms
from council.parts import Parts
from council.search.knowledge import Look
from council.search.sources import Sources
from council.settings import Settings, load_settings
from council.store import knowledge
from council.store.archive import Archive
from council.store.engine import Store
from council.store.files import Limits
from council.store.library import Library
from council.store.migrations import migrate
from council.store.words import words_of_the_room
from council.web import guard, health, pages, panel_pages, problems, template_pages
from council.web import live as live_endpoint
from council.web.api import agents as agents_api
from council.web.api import catalogue as catalogue_api
from council.web.api import export as export_api
from council.web.api import files as files_api
from council.web.api import groups as groups_api
from council.web.api import knowledge as knowledge_api
from council.web.api import sessions as sessions_api
from council.web.api import templates as templates_api
from council.web.lobby import lobby_reader

__version__ = "0.1.0"

ROOT = Path(__file__).parent.parent


def prepare(settings: Settings) -> None:
    """Make the data folder, check the prices and bring the database to its newest version.

    Done once before the server forks. Raises a CouncilError that says what to mend.
    """
    settings.secret()
    Prices(settings.prices_file)
    store = _open_store(settings)
    store.close()


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application. Its parts wait in ``app.extensions["council"]`` to be started."""
    settings = settings or load_settings()
    configure_logging(settings)
    app = Flask("council", root_path=str(ROOT), static_folder="static", template_folder="templates")
    app.config.update(SECRET_KEY=settings.secret(), MAX_CONTENT_LENGTH=settings.max_body_bytes)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # The order of nodes is the order of members.
    parts = _join_parts(settings)
    app.extensions["council"] = parts

    problems.install(app)
    guard.install(app, settings)
    app.register_blueprint(pages.blueprint(lobby_reader(parts), parts.archive.snapshot))
    app.register_blueprint(template_pages.blueprint(parts))
    app.register_blueprint(panel_pages.blueprint(parts))
    app.register_blueprint(sessions_api.blueprint(parts))
    app.register_blueprint(export_api.blueprint(parts))
    app.register_blueprint(files_api.blueprint(parts))
    app.register_blueprint(catalogue_api.blueprint(parts))
    app.register_blueprint(templates_api.blueprint(parts))
    app.register_blueprint(agents_api.blueprint(parts))
    app.register_blueprint(groups_api.blueprint(parts))
    app.register_blueprint(knowledge_api.blueprint(parts))
    app.register_blueprint(health.blueprint(parts))
    live_endpoint.install(Sock(app, max_message_bytes=settings.live.max_frame_bytes), parts)
    return app


def _join_parts(settings: Settings) -> Parts:
    store = _open_store(settings)
    bus = LocalBus()
    journal = Journal(
        store,
        lambda channel, first_seq, envelopes: bus.publish(Batch.of(channel, first_seq, envelopes)),
        gather_seconds=settings.live.gather_seconds,
    )
    library = Library(store=store)
    catalogue = Catalogue(settings)
    prices = Prices(settings.prices_file)
    searches = Sources(settings.search, _look_into(store))
    desk = Desk(
        store,
        catalogue,
        prices,
        settings.engine,
        words_of_the_room(),
        searches,
        Limits.of(settings),
    )
    estimator = Estimator(library, catalogue, desk)
    supervisor = Supervisor(store, journal, ThreadDispatch(settings.engine.max_running), desk, settings)
    return Parts(
        settings=settings,
        store=store,
        archive=Archive(store),
        library=library,
        catalogue=catalogue,
        prices=prices,
        bus=bus,
        hub=Hub(settings.max_clients),
        journal=journal,
        supervisor=supervisor,
        control=Control(store, journal, supervisor, library, catalogue, estimator, settings),
        estimator=estimator,
        drafter=Drafter(desk, library, catalogue),
    )


def _look_into(store: Store) -> Look:
    """What a group's knowledge has for a query. Verdicts are left out: a council's opinion proves nothing."""

    def look(group_id: str, session_id: str, words: str, limit: int) -> list[dict[str, Any]]:
        with store.read() as connection:
            return knowledge.recalled(
                connection,
                group_id,
                recall_terms(words),
                at=clock.timestamp(),
                limit=limit,
                since=None,
                verdicts=False,
                not_from=session_id,
            )

    return look


def _open_store(settings: Settings) -> Store:
    store = Store(settings.database, synchronous=settings.database_synchronous)
    migrate(store)
    return store
