"""On whose behalf something is done."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from council.store.library import Library


@dataclass(frozen=True, slots=True)
class Asker:
    """On whose behalf a command is applied: ``library`` is what they may use, ``joins`` says which groups' memory
    they may add to."""

    library: Library
    user_id: str | None = None
    name: str = "person"
    joins: Callable[[str], bool] = lambda _group_id: True

    def own_id(self, command_id: str | None) -> str | None:
        """The command's id among everybody's: the same id of somebody else is another command."""
        if command_id is None or self.user_id is None:
            return command_id
        return str(uuid.uuid5(uuid.UUID(self.user_id), command_id))
