"""The application: the one place where the parts are chosen and joined."""

import os
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask

from council import __version__, clock
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
from council.live.turnstile import Turnstile
from council.llm.catalogue import Catalogue
from council.llm.endpoints import endpoints
from council.llm.own import OwnEndpoints
from council.llm.prices import Prices
from council.log import configure_logging
from council.meeting.recall import recall_terms
from council.parts import Parts
from council.people.accounts import Accounts
from council.people.openid import check_openid
from council.people.people import People
from council.search.knowledge import Look
from council.search.sources import Sources
from council.settings import LOOPBACK, Settings, SettingsError, load_settings
from council.store import knowledge
from council.store.archive import Archive
from council.store.engine import Store
from council.store.files import Limits
from council.store.library import Library
from council.store.migrations import migrate
from council.store.providers import ProviderRows
from council.store.words import words_of_the_room
from council.trace import check_tracing, configure_tracing
from council.web import (
    auth,
    cors,
    explorer,
    guard,
    health,
    metrics,
    oidc,
    pages,
    panel_pages,
    people_pages,
    problems,
    provider_pages,
    proxy,
    refusals,
    sign_in,
    template_pages,
    trail,
)
from council.web import live as live_endpoint
from council.web.allowed import right_reader
from council.web.api import agents as agents_api
from council.web.api import catalogue as catalogue_api
from council.web.api import endpoints as endpoints_api
from council.web.api import export as export_api
from council.web.api import files as files_api
from council.web.api import groups as groups_api
from council.web.api import knowledge as knowledge_api
from council.web.api import people as people_api
from council.web.api import sessions as sessions_api
from council.web.api import templates as templates_api
from council.web.lobby import lobby_reader
from council.web.measures import Measures
from council.web.requests import Requests
from council.web.shared_measures import SharedMeasures, shared_folder

ROOT = Path(__file__).parent.parent


def prepare(settings: Settings) -> None:
    """Make the data folder, check the prices and bring the database to its newest version.

    Done once before the server forks. Raises a CouncilError that says what to mend.
    """
    settings.secret()
    check_tracing(settings)
    check_openid(settings)
    endpoints(settings, os.environ)
    Prices(settings.prices_file)
    store = _open_store(settings)
    try:
        _refuse_open_door(settings, store)
    finally:
        store.close()


def _refuse_open_door(settings: Settings, store: Store) -> None:
    """A server that others can reach must know who they are. Raises SettingsError."""
    if settings.host in LOOPBACK or Accounts(store).exist():
        return
    raise SettingsError(
        f"{settings.host} can be reached by others, and nobody has been given a name yet.",
        hint="Make the first user: council user add NAME --role admin. Or listen on 127.0.0.1.",
    )


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application. Its parts wait in ``app.extensions["council"]`` to be started."""
    settings = settings or load_settings()
    configure_logging(settings)
    configure_tracing(settings, __version__)
    app = Flask("council", root_path=str(ROOT), static_folder="static", template_folder="templates")
    app.config.update(SECRET_KEY=settings.secret(), MAX_CONTENT_LENGTH=settings.max_body_bytes)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # The order of nodes is the order of members.
    parts = _join_parts(settings)
    app.extensions["council"] = parts

    requests = Requests()
    trail.install(app, requests)
    problems.install(app)
    proxy.install(app, settings)
    guard.install(app, settings)
    cors.install(app, settings)
    auth.install(app, parts)
    refusals.install(app, parts.hub)
    app.before_request(trail.name_who)
    app.register_blueprint(sign_in.blueprint(parts))
    app.register_blueprint(oidc.blueprint(parts))
    app.register_blueprint(
        pages.blueprint(lobby_reader(parts), auth.snapshot_reader(parts), right_reader(parts))
    )
    app.register_blueprint(people_pages.blueprint(parts))
    app.register_blueprint(template_pages.blueprint(parts))
    app.register_blueprint(panel_pages.blueprint(parts))
    app.register_blueprint(sessions_api.blueprint(parts))
    app.register_blueprint(export_api.blueprint(parts))
    app.register_blueprint(files_api.blueprint(parts))
    app.register_blueprint(catalogue_api.blueprint(parts))
    app.register_blueprint(endpoints_api.blueprint(parts))
    app.register_blueprint(provider_pages.blueprint(parts))
    app.register_blueprint(templates_api.blueprint(parts))
    app.register_blueprint(agents_api.blueprint(parts))
    app.register_blueprint(groups_api.blueprint(parts))
    app.register_blueprint(knowledge_api.blueprint(parts))
    app.register_blueprint(people_api.blueprint(parts))
    app.register_blueprint(people_api.shares_blueprint(parts))
    app.register_blueprint(health.blueprint(parts))
    app.register_blueprint(_metrics(parts, requests))
    app.register_blueprint(explorer.blueprint(__version__))
    live_endpoint.install(Sock(app, max_message_bytes=settings.live.max_frame_bytes), parts)
    return app


def _metrics(parts: Parts, requests: Requests) -> Blueprint:
    measures, folder = Measures(parts, requests, __version__), shared_folder()
    shared = None if folder is None else SharedMeasures(measures, folder)
    if shared is not None:
        parts.beside.append(shared)
    return metrics.blueprint(measures, shared)


def _join_parts(settings: Settings) -> Parts:
    store = _open_store(settings)
    _refuse_open_door(settings, store)
    bus = LocalBus()
    journal = Journal(
        store,
        lambda channel, first_seq, envelopes: bus.publish(Batch.of(channel, first_seq, envelopes)),
        gather_seconds=settings.live.gather_seconds,
    )
    limits = settings.limits
    hub = Hub(settings.max_clients, per_user=limits.clients_per_user, per_address=limits.clients_per_address)
    library = Library(store=store)
    own_endpoints = OwnEndpoints(ProviderRows(store), settings.secret())
    catalogue = Catalogue(settings, own=own_endpoints)
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
        hub=hub,
        turnstile=Turnstile(),
        journal=journal,
        supervisor=supervisor,
        control=Control(store, journal, supervisor, library, catalogue, estimator, settings),
        estimator=estimator,
        drafter=Drafter(desk, library, catalogue),
        callbook=desk.callbook,
        own_endpoints=own_endpoints,
        people=People(store, hub, library, settings),
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
