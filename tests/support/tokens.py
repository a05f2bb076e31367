"""People who may ask, and what they ask with."""

from pathlib import Path

from council.people.accounts import Accounts
from council.people.keys import Keys
from council.people.who import Role
from council.settings import Settings
from council.store.engine import Store


def token_of(store: Store, name: str, role: Role, password: str | None = None) -> str:
    """A new user's token for everything the role may do."""
    user = Accounts(store).add(name, role, password)
    return Keys(store).token(user["user_id"], name="test", scope="admin", days=1).secret


def admin_token(data_dir: Path) -> str:
    """Of a first user, made in the database of a server that may be running."""
    store = Store(Settings(data_dir=data_dir).database)
    try:
        return token_of(store, "ada", "admin")
    finally:
        store.close()
