"""What the classes of calls.py, which is made from the headers, stand on."""

import datetime
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Mapping, Optional, ParamSpec, TypeVar

Date = datetime.date
Time = datetime.datetime
Object = Dict[str, Any]
Array = List[Any]


class Record(Dict[str, Any]):
    """A record of the library: ``season.title`` is ``season["title"]``.

    A field that is called like a method of dict has a line behind it: ``ranked.keys_``."""

    __slots__ = ()

    # What checks types goes by the fields of each class alone.
    if not TYPE_CHECKING:
        def __getattr__(self, name):
            for key in (name, name.rstrip("_")):
                if key in self:
                    return self[key]
            raise AttributeError(f"{type(self).__name__} has no field {name}")


R = TypeVar("R", bound=Record)
P = ParamSpec("P")


class Page(List[R]):
    """A part of a list; ``next`` is the cursor of the next part, None at the end."""

    next: Optional[str]

    def __init__(self, kind: Callable[[Mapping[str, Any]], R], made: Mapping[str, Any]) -> None:
        super().__init__(map(kind, made["items"]))
        self.next = made["next"]


def pages(function: Callable[P, Page[R]], *arguments: P.args, **keywords: P.kwargs) -> Iterator[R]:
    """Goes through all items of a function that gives pages, one page after another:
    ``for season in edu.pages(session.olympiad.seasons)``."""
    while True:
        page = function(*arguments, **keywords)
        yield from page
        if page.next is None:
            return
        keywords["cursor"] = page.next


class Module:
    """The functions of one module of the library, bound to a session."""

    __slots__ = ("_handle",)

    def __init__(self, handle: Any) -> None:
        self._handle = handle
