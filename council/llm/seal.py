"""Keys of model servers as they are kept: encrypted, so that a copy of the database alone gives none away."""

import base64
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_PURPOSE = b"council/keys of model servers/1"


class Seal:
    """Seals and opens with a key derived from the server's secret key. Thread-safe."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._fernet: Fernet | None = None

    def seal(self, text: str) -> str:
        return self._made().encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """``None`` when it was sealed under another secret key, or was tampered with."""
        from cryptography.fernet import InvalidToken

        try:
            return self._made().decrypt(sealed.encode()).decode()
        except (InvalidToken, ValueError):
            return None

    def _made(self) -> "Fernet":
        # Imported here: a server without such keys need not spend the time. Made twice it is the same.
        from cryptography.fernet import Fernet
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        if self._fernet is None:
            derived = HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(self._secret.encode())
            self._fernet = Fernet(base64.urlsafe_b64encode(derived))
        return self._fernet
