"""All that has to do with people, joined: who they are, what they may, and who sees them off."""

from council.live.hub import Hub
from council.people.access import Access
from council.people.accounts import Accounts
from council.people.audience import Audience
from council.people.doorkeeper import Doorkeeper
from council.people.keys import Keys
from council.people.pace import Buckets
from council.settings import Settings
from council.store.engine import Store
from council.store.library import Library


class People:
    """The parts; each is thread-safe."""

    def __init__(self, store: Store, hub: Hub, library: Library, settings: Settings) -> None:
        limits = settings.limits
        self.accounts = Accounts(store)
        self.keys = Keys(store, settings.oidc)
        self.access = Access(store, library.built_in)
        self.audience = Audience(store)
        self.doorkeeper = Doorkeeper(hub, self.accounts, self.keys, self.access, self.audience)
        self.attempts = Buckets(limits.sign_ins_per_minute)
        self.guesses = Buckets(limits.guesses_per_minute)
        self.connects = Buckets(limits.connects_per_minute)
        self.requests = Buckets(limits.requests_per_minute)
