"""Bars as SVG: one chart under the other, a bar for each contestant, the spread as a thin line."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape

from benchmarks.measure import Figure
from benchmarks.report import Plot

WIDTH, LABELS, NUMBERS = 760, 210, 90
BAR, GAP, TITLE, MARGIN = 16, 8, 34, 16

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 }
  .ground { fill: #ffffff }
  .ours { fill: #0a7d5a } .theirs { fill: #9aa4af }
  .spread { stroke: #1f2328; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .ours { fill: #3fb98c } .theirs { fill: #6e7681 } .spread { stroke: #e6edf3 }
    .ground { fill: #0d1117 }
  }
"""

Scenarios = Mapping[str, Mapping[str, Mapping[str, Figure]]]


def svg(title: str, plots: Iterable[Plot], scenarios: Scenarios) -> str:
    """A picture of all plots that have figures; it follows the reader's light or dark scheme."""
    body: list[str] = []
    y = MARGIN
    for plot in plots:
        bars = {
            name: row[plot.key] for name, row in scenarios.get(plot.scenario, {}).items() if plot.key in row
        }
        if bars:
            body += _chart(plot.title, bars, y)
            y += TITLE + len(bars) * (BAR + GAP) + MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" role="img" aria-label="{escape(title)}">\n'
        f'<style>{STYLE}</style>\n<rect class="ground" width="{WIDTH}" height="{y}" rx="6"/>\n'
        + "\n".join(body)
        + "\n</svg>\n"
    )


def _chart(title: str, bars: Mapping[str, Figure], y: int) -> Iterator[str]:
    longest = max(figure.high for figure in bars.values()) or 1
    scale = (WIDTH - LABELS - NUMBERS) / longest
    yield f'<text class="title" x="{MARGIN}" y="{y + 16}">{escape(title)}</text>'
    for place, (name, figure) in enumerate(bars.items()):
        yield from _bar(name, figure, y + TITLE + place * (BAR + GAP), scale)


def _bar(name: str, figure: Figure, y: int, scale: float) -> Iterator[str]:
    kind = "ours" if name.startswith("council") else "theirs"
    middle, text = y + BAR / 2, y + BAR - 3
    low, high = LABELS + figure.low * scale, LABELS + figure.high * scale
    yield f'<text x="{LABELS - 8}" y="{text}" text-anchor="end">{escape(name)}</text>'
    width = max(figure.median * scale, 1)
    yield f'<rect class="{kind}" x="{LABELS}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2"/>'
    yield f'<line class="spread" x1="{low:.1f}" y1="{middle}" x2="{high:.1f}" y2="{middle}"/>'
    yield f'<text x="{high + 8:.1f}" y="{text}">{_short(figure.median)}</text>'


def _short(value: float) -> str:
    if value >= 1e6:
        return f"{value / 1e6:.3g} M"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
