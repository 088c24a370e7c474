"""The allocation instances with proven optima, as the CSV files that `edu allocate` reads."""

import re

from command import SHARED

SEED = "0123abcd"


def names():
    folder = SHARED / "allocation"
    return sorted(path.name for path in folder.glob("*.txt") if re.match("nat_|home_", path.name))


def optimum(name):
    """What the README beside the instances says, in metres."""
    readme = (SHARED / "allocation/README.md").read_text(encoding="utf-8")
    return int(re.search(rf"`{re.escape(name)}` \| (\d+) m", readme)[1])


def read(name):
    """Places and centres as lists of (x, y, count)."""
    lines = (SHARED / "allocation" / name).read_text(encoding="ascii").splitlines()
    place_count, centre_count, _ = map(int, lines[0].split())
    rows = [tuple(map(int, line.split())) for line in lines[1:]]
    assert len(rows) == place_count + centre_count
    return rows[:place_count], rows[place_count:]


def write_csv(path, header, rows):
    path.write_text("".join(f"{line}\n" for line in [header, *rows]), encoding="utf-8")
    return path


def convert(name, folder):
    """Writes places.csv and centres.csv of an instance; gives both paths."""
    places, centres = read(name)
    return (
        write_csv(
            folder / "places.csv",
            "id,x_m,y_m,pupils",
            (f"p{i},{x},{y},{count}" for i, (x, y, count) in enumerate(places)),
        ),
        write_csv(
            folder / "centres.csv",
            "id,x_m,y_m,capacity",
            (f"c{i},{x},{y},{count}" for i, (x, y, count) in enumerate(centres)),
        ),
    )
