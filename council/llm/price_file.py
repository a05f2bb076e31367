"""A file of prices: YAML that is checked when it is read, its faults told with line and column."""

from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from council.errors import CouncilError
from council.llm.base import Usage

MAX_BYTES = 1_000_000
MILLION = Decimal(1_000_000)

Money = Annotated[Decimal, BeforeValidator(str), Field(ge=0, allow_inf_nan=False)]


class BadPrices(CouncilError):
    """The file with prices cannot be used."""

    code = "bad_prices"
    hint = "Its form is explained in council/llm/prices.yaml."


class Price(BaseModel):
    """What one provider takes for a million tokens of the models that fit the pattern."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: str
    model: str
    input: Money
    output: Money
    cached: Money | None = None
    currency: str = "USD"

    def fits(self, provider_id: str, model: str) -> bool:
        return self.provider == provider_id and fnmatchcase(model.lower(), self.model.lower())

    def of(self, usage: Usage) -> Decimal:
        """The price of one call, in the seller's currency."""
        cached = self.input if self.cached is None else self.cached
        fresh_tokens = usage.input_tokens - usage.cached_input_tokens
        total = (
            fresh_tokens * self.input + usage.cached_input_tokens * cached + usage.output_tokens * self.output
        )
        return total / MILLION


class PriceFile(BaseModel):
    """All of one file. ``rates`` are USD for one of a currency."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: Any = None
    rates: dict[str, Money] = {}
    prices: tuple[Price, ...] = ()


def read_prices(path: Path) -> PriceFile:
    """Raises BadPrices."""
    node = _tree(path)
    try:
        return PriceFile.model_validate(YAML(typ="safe", pure=True).load(path.read_text("utf-8")) or {})
    except ValidationError as problem:
        fault = problem.errors()[0]
        raise _bad(path, _mark(node, fault["loc"]), fault["msg"]) from problem


def _tree(path: Path) -> Node | None:
    """The YAML's nodes, which know where they stand."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadPrices(f"{path} is larger than {MAX_BYTES:,} bytes.")
        node: Node | None = YAML(typ="safe", pure=True).compose(path.read_text("utf-8"))
        return node
    except OSError as problem:
        raise BadPrices(f"{path} cannot be read: {problem.strerror}.") from problem
    except UnicodeDecodeError as problem:
        raise BadPrices(f"{path} is not UTF-8.") from problem
    except MarkedYAMLError as problem:
        raise _bad(path, problem.problem_mark, problem.problem or "not YAML") from problem
    except YAMLError as problem:
        raise BadPrices(f"{path} is not YAML.") from problem


def _bad(path: Path, mark: StringMark | None, reason: str) -> BadPrices:
    place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return BadPrices(f"{path}{place}: {reason}.")


def _mark(node: Node | None, location: tuple[int | str, ...]) -> StringMark | None:
    """Where the faulty value stands, or the nearest thing round it that is there."""
    for step in location:
        inner = _inner(node, step)
        if inner is None:
            break
        node = inner
    return node.start_mark if node else None


def _inner(node: Node | None, step: int | str) -> Node | None:
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, SequenceNode) and isinstance(step, int):
        return node.value[step] if step < len(node.value) else None
    return None
