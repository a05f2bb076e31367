"""Lengths of time as people write them."""

import re

import click

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_NUMBER = r"\d+(?:\.\d+)?"


def seconds(text: str) -> float:
    """Of ``30s``, ``1m30s``, ``2h``, ``30d``, or a number of seconds: the type of an option."""
    whole = f"{text}s" if re.fullmatch(_NUMBER, text, re.ASCII) else text
    if not re.fullmatch(rf"(?:{_NUMBER}[smhd])+", whole, re.ASCII):
        raise click.BadParameter(f"{text!r} is no length of time. Write 30s, 1m30s, 2h or 30d.")
    return sum(float(number) * _UNITS[unit] for number, unit in re.findall(rf"({_NUMBER})([smhd])", whole))
