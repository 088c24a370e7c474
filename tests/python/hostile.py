"""Odd and hostile texts through every string parameter: where a test first calls a function with success, the
store as it was before is copied, and in the copy the call is made again and again with one of its texts
replaced. Each is refused by type, or stored to the byte; the schema stays, and the library never says that the
store, its keys or itself are at fault.

At full length each place gets every text; in the ordinary run some, the next place the next ones."""

import atexit
import copy
import functools
import inspect
import json
import os
import re
import shutil
import sqlite3
import tempfile
import threading
import typing
import unicodedata
from pathlib import Path

import edu
from command import IS_NIGHTLY
from edu import calls

MARK = "q7z"  # in every text, so that it is found again
TEXTS = {
    "a quote of SQL": f"{MARK}'; DROP TABLE person; --",
    "a condition of SQL": f'{MARK}" OR 1=1 --',
    "a union of SQL": f"{MARK}') UNION SELECT password FROM account; --",
    "a format": f"{MARK}%s%n%d%x%99999s",
    "a pattern": f"{MARK}%_*?[a-z]\\",
    "a template": f"{MARK}{{name}}{{{{7*7}}}}${{x}}",
    "a formula": f'=HYPERLINK("http://x/{MARK}")',
    "markup": f"<script>{MARK}</script>&amp;",
    "a path": f"../../../etc/{MARK}",
    "a header": f"{MARK}\r\nSet-Cookie: a=b",
    "JSON": f'{MARK}","is_operator":true,"x":"',
    "controls": f"{MARK}\x01\x1b[31m\x7f",
    "another direction": f"{MARK}\u202egnp.exe\u202c\u2066x\u2069",
    "no width": f"{MARK}\u200b\u200d\u2060\ufeff",
    "a line separator": f"{MARK}\u2028\u2029x",
    "composed": unicodedata.normalize("NFC", f"{MARK}éÖş"),
    "decomposed": unicodedata.normalize("NFD", f"{MARK}éÖş"),
    "the letters i": f"{MARK}İIıi",
    "beyond the first plane": f"{MARK}😀𐍈",
    "a noncharacter": f"{MARK}\uffff\U0010ffff",
    "half a pair": f"{MARK}\ud800",
    "a null character": f"{MARK}\0after",
    "a megabyte": MARK + "ə" * (1 << 19),
    "blanks": f" {MARK}\u00a0 ",
}
# What people are known by, planted besides, or alone where EDU_HOSTILE is "planted": no refusal may repeat it.
PLANTED = {"a number": "7QZX4KV", "a document": "XK-9081726", "a telephone": "+994509182736",
           "a mail": "qzxkv.child@planted.example"}
if os.environ.get("EDU_HOSTILE") == "planted":
    TEXTS = {}
# By these a call may refuse a text; that the store, its keys or the library are at fault it may not say.
REFUSALS = (edu.Invalid, edu.NotFound, edu.Conflict, edu.Denied, edu.Unauthenticated, edu.State, edu.Limit,
            edu.Full, edu.Infeasible, edu.Throttled, edu.Crypto)
# Of the machine's own files: what is made there is the operator's to say.
FILES = {"PortalModule.backup", "PortalModule.export_all", "portal_restore", "transcript_check"}
PLACES_MAX = 60 if IS_NIGHTLY else 8  # texts of one call that are tried, spread over all it has
TEXTS_EACH = len(TEXTS) if IS_NIGHTLY else min(len(TEXTS), 4)
PLANTED_EACH = len(PLANTED) if IS_NIGHTLY else 1
# Words of an index, cut out of texts.
WORDS = re.compile(r"appeal_words.*")
origins = {}  # of session handles: store, options of the portal, who it is
seen = {}
counts = {"functions": 0, "places": 0, "hostile": 0, "planted": 0, "stored": 0}


class Origin(typing.NamedTuple):
    store: str
    options: dict
    kind: str
    arguments: tuple


# ---- where texts are ----

def places_in(value, hint, path=()):
    """Paths to the texts of an argument, also to those that were left out."""
    if typing.get_origin(hint) is typing.Union:
        hint = next(one for one in typing.get_args(hint) if one is not type(None))
    if isinstance(value, str) or (value is None and hint is str):
        yield path
    elif typing.is_typeddict(hint) and isinstance(value, dict):
        for name, field in typing.get_type_hints(hint).items():
            yield from places_in(value.get(name), field, (*path, name))
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from places_in(one, None, (*path, name))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from places_in(one, None, (*path, index))
    elif isinstance(value, bytes) and value.count(b"\n") > 1 and b"," in value.splitlines()[0]:
        for column in range(value.splitlines()[1].count(b",") + 1):
            yield (*path, ("cell", column))


def replaced(value, path, text):
    if not path:
        return text
    if isinstance(path[0], tuple):
        lines = value.split(b"\n")
        cells = lines[1].split(b",")
        cells[path[0][1]] = b'"' + text.encode("utf-8", "surrogatepass").replace(b'"', b'""') + b'"'
        return b"\n".join([lines[0], b",".join(cells), *lines[2:]])
    made = copy.copy(value)
    made[path[0]] = replaced(value.get(path[0]) if isinstance(value, dict) else value[path[0]], path[1:], text)
    return made


# ---- what is in a store ----

def schema_of(path):
    with sqlite3.connect(path) as store:
        return store.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2").fetchall()


def marked_cells(path):
    """Cells with the mark, but for those that are made for search and order."""
    store = sqlite3.connect(path)
    store.text_factory = bytes
    found = []
    for (table,) in store.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL").fetchall():
        table = table.decode()
        if WORDS.match(table):
            continue
        for row in store.execute(f'SELECT * FROM "{table}"'):
            for cell in row:
                if isinstance(cell, bytes) and MARK.encode() in cell:
                    found.append((table, cell))
    store.close()
    return found


def marked_texts(cell):
    """Of JSON each text in it, else the cell."""
    try:
        waiting = [json.loads(cell)]
    except ValueError:
        yield cell.decode("utf-8", "surrogateescape")
        return
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and MARK in one:
            yield one
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one


def is_kept(found, text):
    """Itself, or as names are kept, or as they are searched and put in order: letters only."""
    normal = " ".join(unicodedata.normalize("NFC", text).split())
    return text in found or normal in found or all(
        letter.islower() or letter.isdigit() or letter in " '" for letter in found)


# ---- one function ----

class Copy:
    """The store as it was before the call, opened anew whenever a call has changed it."""

    def __init__(self, origin, folder):
        self.origin, self.folder = origin, folder
        self.path, self.kept = folder / "hostile.db", folder / "before.db"
        with sqlite3.connect(origin.store.removeprefix("sqlite:")) as source, sqlite3.connect(self.kept) as kept:
            source.backup(kept)
        self.portal = self.session = None

    def open(self):
        self.close()
        shutil.copyfile(self.kept, self.path)
        self.portal = edu.Portal(f"sqlite:{self.path}", **self.origin.options)
        self.session = getattr(self.portal, self.origin.kind)(*self.origin.arguments)

    def close(self):
        self.session = self.portal = None
        # A portal that an error still held takes its own files with it whenever it goes.
        for path in self.folder.glob("hostile.db*"):
            path.unlink(missing_ok=True)

    def end(self):
        self.close()
        self.kept.unlink()


def try_text(store, function, bound, name, path, what):
    """Whether it was taken. The call is made with the text in place."""
    is_planted = what in PLANTED
    text = PLANTED[what] if is_planted else TEXTS[what]
    arguments = dict(bound)
    arguments[name] = replaced(arguments[name], path, text)
    where = f"{function.__qualname__}, {name}{''.join(f'/{part}' for part in path)}, {what}"
    counts["planted" if is_planted else "hostile"] += 1
    try:
        function(type_of(function)(store.session._handle), **arguments)
    except REFUSALS as refusal:
        assert len(str(refusal)) < 2000, f"{where}: a message of {len(str(refusal))} characters"
        assert not is_planted or text not in f"{refusal} {vars(refusal)}", f"{where}: {refusal!r}"
        return isinstance(refusal, edu.Throttled)
    except (TypeError, ValueError) as refusal:
        assert what in ("half a pair", "a null character"), f"{where}: {refusal!r}"
        return False
    except edu.Error as error:
        raise AssertionError(f"{where}: {error!r}") from error
    check_stored(store, text, where)
    return True


def check_stored(store, text, where):
    for table, cell in marked_cells(store.path):
        for found in marked_texts(cell):
            assert is_kept(found, text) and "\0" not in found, f"{where}: {table} has {found[:200]!r}"
            counts["stored"] += 1
    assert schema_of(store.path) == schema_of(store.kept), where


def type_of(function):
    return getattr(calls, function.__qualname__.split(".")[0])


def texts_of(place):
    return [names[(place * each + at) % len(names)]
            for names, each in ((list(TEXTS), TEXTS_EACH), (list(PLANTED), PLANTED_EACH)) for at in range(each)]


def try_all(function, bound, hints, store):
    for name, value in bound.items():
        paths = list(places_in(value, hints.get(name), ()))
        step = max(1, -(-len(paths) // PLACES_MAX))
        for path in paths[::step]:
            counts["places"] += 1
            store.open()
            for what in texts_of(counts["places"]):
                if try_text(store, function, bound, name, path, what):
                    store.open()


def held_call(function, folder):
    raw, hints = inspect.unwrap(function), typing.get_type_hints(inspect.unwrap(function))

    @functools.wraps(function)
    def call(self, *arguments, **keywords):
        name = function.__qualname__
        origin = origins.get(id(self._handle))
        if (name in seen or name in FILES or origin is None or not origin.store.startswith("sqlite:")
                or threading.current_thread() is not threading.main_thread()):
            return function(self, *arguments, **keywords)
        store = Copy(origin, folder)
        try:
            made = function(self, *arguments, **keywords)
            seen[name] = True
            bound = inspect.signature(raw).bind(self, *arguments, **keywords)
            bound.apply_defaults()
            counts["functions"] += 1
            try_all(raw, {key: value for key, value in bound.arguments.items() if key != "self"}, hints, store)
        finally:
            store.end()
        return made

    return call


def noted_session(function, kind):
    @functools.wraps(function)
    def call(self, *arguments, **keywords):
        session = function(self, *arguments, **keywords)
        token = session.token
        origins[id(session._handle)] = Origin(self.origin[0], self.origin[1], *(
            ("resume", (token,)) if token else (kind, ())))
        return session

    return call


def noted_portal(function):
    @functools.wraps(function)
    def call(self, store, **options):
        function(self, store, **options)
        kept = {name: value for name, value in options.items() if name != "create"}
        self.origin = (store, {"keys": f"{store.removeprefix('sqlite:')}.keys", **kept})

    return call


def install(patch):
    # What is tried is no disk.
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="edu-hostile-", dir=memory if memory.is_dir() and shutil.disk_usage(memory).free > 1 << 30
                                   else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    patch.setattr(edu.Portal, "__init__", noted_portal(edu.Portal.__init__))
    for kind in ("session", "sign_in", "resume", "operator"):
        patch.setattr(edu.Portal, kind, noted_session(getattr(edu.Portal, kind), kind))
    for kind in vars(calls).values():
        if isinstance(kind, type) and issubclass(kind, edu.base.Module) and kind is not edu.base.Module:
            for name, function in list(vars(kind).items()):
                if inspect.isfunction(function) and name != "__init__":
                    patch.setattr(kind, name, held_call(function, folder))


def write_report(path):
    with open(path, "w", encoding="utf-8") as file:
        hostile = f"{counts['hostile']:,} hostile texts, of which {counts['stored']:,} were found stored as they were, and " \
            if TEXTS else ""
        print(f"# tried {hostile}{counts['planted']:,} planted ones in {counts['places']:,} places of {counts['functions']} functions",
              "1..0", sep="\n", file=file)
