"""Pictures of figures, drawn on the server, so that they need no script; where there is one, it draws
them anew to be read under the pointer (static/chart.js). The numbers stand in a table beside them."""

import json

from markupsafe import Markup, escape

from . import i18n

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 680, 260, 44, 34, 14


def _nice(most):
    """A round number at or above the greatest value."""
    step = 1
    while True:
        for factor in (1, 2, 2.5, 5):
            if most <= step * factor:
                return step * factor
        step *= 10


def _frame(top, unit):
    lines = []
    for share in (0, 0.5, 1):
        y = HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)
        value = i18n.number(top * share)
        lines.append(f'<line class="nar-chart__grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH}" '
                     f'y2="{y:.1f}"/><text x="{LEFT - 6}" y="{y + 4:.1f}" '
                     f'text-anchor="end">{value}{escape(unit)}</text>')
    return "".join(lines)


def _frame_of(picture, **chart):
    """What the script draws it from."""
    return Markup('<div class="nar-chart-frame" data-chart="%s">%s</div>') % (
        json.dumps({**chart, "decimal": i18n.decimal_sign()}, ensure_ascii=False), picture)


def _picture(title, inside):
    return Markup(f'<svg class="nar-chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
                  f'aria-label="{escape(title)}">{inside}</svg>')


def _labels(points):
    """At most about twelve labels below, so that none runs into the next."""
    every = max(1, -(-len(points) // 12))
    return [label if at % every == 0 else "" for at, (label, _value) in enumerate(points)]


def columns(title, points, unit=""):
    """Columns side by side. points: (label, value)."""
    if not points:
        return ""
    top = _nice(max(max(value for _label, value in points), 1))
    wide = (WIDTH - LEFT) / len(points)
    inside = [_frame(top, unit)]
    for at, ((label, value), shown) in enumerate(zip(points, _labels(points))):
        high = value / top * (HEIGHT - BOTTOM - TOP)
        x = LEFT + at * wide
        width = min(wide * 0.8, 80)
        inside.append(
            f'<rect class="nar-chart__column" x="{x + (wide - width) / 2:.1f}" '
            f'y="{HEIGHT - BOTTOM - high:.1f}" width="{width:.1f}" height="{high:.1f}">'
            f'<title>{escape(label)}: {i18n.number(value)}</title></rect>')
        if shown:
            inside.append(f'<text x="{x + wide / 2:.1f}" y="{HEIGHT - BOTTOM + 18}" '
                          f'text-anchor="middle">{escape(shown)}</text>')
    return _frame_of(_picture(title, "".join(inside)), kind="columns", title=title, unit=unit,
                     labels=[label for label, _value in points], values=[value for _label, value in points])


def _curve(points, top, step, kind):
    """A line that breaks where a value is missing."""
    path, dots, pen = [], [], "M"
    for at, (label, value) in enumerate(points):
        if value is None:
            pen = "M"
            continue
        x, y = LEFT + at * step, HEIGHT - BOTTOM - value / top * (HEIGHT - BOTTOM - TOP)
        path.append(f"{pen}{x:.1f},{y:.1f}")
        pen = "L"
        dots.append(f'<circle class="nar-chart__dot{kind}" cx="{x:.1f}" cy="{y:.1f}" r="3">'
                    f'<title>{escape(label)}: {i18n.number(value)}</title></circle>')
    return f'<path class="nar-chart__line{kind}" d="{" ".join(path)}"/>' + "".join(dots)


def line(title, points, unit="", beside=None):
    """A line from left to right; points: (label, value or None). With values beside them, those are
    the line in front."""
    values = [value for _label, value in points] + (beside or [])
    known = [value for value in values if value is not None]
    if len(points) < 2 or not known:
        return ""
    top = _nice(max(max(known), 1))
    step = (WIDTH - LEFT - 10) / (len(points) - 1)
    inside = [_frame(top, unit)]
    for at, shown in enumerate(_labels(points)):
        if shown:
            inside.append(f'<text x="{LEFT + at * step:.1f}" y="{HEIGHT - BOTTOM + 18}" '
                          f'text-anchor="middle">{escape(shown)}</text>')
    inside.append(_curve(points, top, step, "-behind" if beside else ""))
    if beside:
        inside.append(_curve([(label, value) for (label, _value), value in zip(points, beside)],
                             top, step, ""))
    return _frame_of(_picture(title, "".join(inside)), kind="line", title=title, unit=unit, beside=beside,
                     labels=[label for label, _value in points], values=[value for _label, value in points])


def share(permille):
    """A short bar for a table's cell."""
    return Markup(f'<svg class="nar-share" viewBox="0 0 100 10" aria-hidden="true">'
                  f'<rect class="nar-share__all" width="100" height="10" rx="3"/>'
                  f'<rect class="nar-chart__column" width="{permille / 10:.1f}" height="10" '
                  f'rx="3"/></svg>')
