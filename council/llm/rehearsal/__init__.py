"""Speaking without a model, so that a meeting can be seen before one is configured."""

from council.llm.rehearsal.provider import MODEL, PROVIDER_ID, Rehearsal

__all__ = ["MODEL", "PROVIDER_ID", "Rehearsal"]
