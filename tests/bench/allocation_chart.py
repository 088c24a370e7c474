#!/usr/bin/python3
"""Draws how the time of an allocation grows, from what the benchmark's program measures.

    allocation_chart.py BENCH_ALLOCATION docs/allocation.svg

Processor time of solving, the median of three runs: groups of a million pupils among 1,000 centres by the
number of groups, and homes by the number of homes. Both axes are logarithmic; the straight line is what
grows as the number does. Prints the figures too.
"""

import math
import statistics
import subprocess
import sys

GROUPS = [700, 1400, 2800, 5600, 11200, 22400, 45000, 90000]
HOMES = [6250, 12500, 25000, 50000, 100000, 200000, 400000]
CENTRES = 1000
ROUNDS = 3
WIDTH, HEIGHT, MARGIN = 720, 440, 60
COLOURS = {"groups": "#7a1230", "homes": "#1d5a8a"}


def measure(program, kind, size):
    seconds = []
    for _ in range(ROUNDS):
        done = subprocess.run([program, "--solve", f"{kind}_{size}x{CENTRES}"], check=True,
                              capture_output=True, text=True)
        seconds.append(float(done.stdout.split()[1]))
    return statistics.median(seconds)


def place(size, seconds):
    x = MARGIN + (math.log10(size) - 2.7) / (5.75 - 2.7) * (WIDTH - 2 * MARGIN)
    y = HEIGHT - MARGIN - (math.log10(seconds) + 2.5) / (1 + 2.5) * (HEIGHT - 2 * MARGIN)
    return round(x, 1), round(y, 1)


def axis():
    for power in range(3, 6):
        x, _ = place(10 ** power, 1)
        yield f'<line x1="{x}" y1="{MARGIN}" x2="{x}" y2="{HEIGHT - MARGIN}" stroke="#ddd"/>'
        yield f'<text x="{x}" y="{HEIGHT - MARGIN + 20}" text-anchor="middle">{10 ** power:,}</text>'
    for power, text in ((-2, "0.01 s"), (-1, "0.1 s"), (0, "1 s"), (1, "10 s")):
        _, y = place(1000, 10 ** power)
        yield f'<line x1="{MARGIN}" y1="{y}" x2="{WIDTH - MARGIN}" y2="{y}" stroke="#ddd"/>'
        yield f'<text x="{MARGIN - 6}" y="{y + 4}" text-anchor="end">{text}</text>'


def curve(kind, points):
    path = " ".join(f"{x},{y}" for x, y in (place(*point) for point in points))
    first, last = points[0], points[-1]
    ideal = [place(*first), place(last[0], first[1] * last[0] / first[0])]
    yield f'<polyline points="{path}" fill="none" stroke="{COLOURS[kind]}" stroke-width="2"/>'
    yield from (f'<circle cx="{x}" cy="{y}" r="3.5" fill="{COLOURS[kind]}"/>'
                for x, y in (place(*point) for point in points))
    yield (f'<line x1="{ideal[0][0]}" y1="{ideal[0][1]}" x2="{ideal[1][0]}" y2="{ideal[1][1]}" '
           f'stroke="{COLOURS[kind]}" stroke-dasharray="2 5"/>')
    x, y = place(*last)
    yield f'<text x="{x - 8}" y="{y - 10}" text-anchor="end" fill="{COLOURS[kind]}">{kind}</text>'


def main(program, path):
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
             'font-family="sans-serif" font-size="13">', "<title>Time of an allocation by its size</title>",
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>', *axis()]
    for kind, sizes in (("groups", GROUPS), ("homes", HOMES)):
        points = [(size, measure(program, kind, size)) for size in sizes]
        for size, seconds in points:
            print(f"{kind}_{size}x{CENTRES} {seconds:.3f} s", flush=True)
        lines += curve(kind, points)
    lines.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 14}" text-anchor="middle">places; dotted: as the '
                 "number grows</text></svg>")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
