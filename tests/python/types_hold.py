"""Holds what the library gives and takes in the tests against the types of the package: the headers
say where a value may be missing and what a text can be, and here it shows whether that is so."""

import functools
import inspect
import typing

import edu
from edu import calls


def fits(value, hint):
    """Of the types that calls.py uses."""
    if hint is typing.Any:
        return True
    origin = typing.get_origin(hint)
    if origin is typing.Union:
        return any(fits(value, one) for one in typing.get_args(hint))
    if origin is typing.Literal:
        return value in typing.get_args(hint)
    return type(value) is (origin or hint)


@functools.cache
def fields_of(kind):
    return {name.rstrip("_"): hint for name, hint in typing.get_type_hints(kind).items()}


def checked_record(self, *values, **fields):
    dict.__init__(self, *values, **fields)
    if type(self) is edu.Record:
        return
    hints = fields_of(type(self))
    assert self.keys() == hints.keys(), type(self).__name__
    for name, value in self.items():
        assert fits(value, hints[name]), \
            f"{type(self).__name__}.{name} is {type(value).__name__} or not one of its values, not {hints[name]}"


def checked_call(function):
    signature, hints = inspect.signature(function), typing.get_type_hints(function)

    @functools.wraps(function)
    def call(*arguments, **keywords):
        made = function(*arguments, **keywords)
        given = signature.bind(*arguments, **keywords).arguments
        missing = [name for name, value in given.items() if name in hints and value is None
                   and not fits(None, hints[name])]
        assert not missing, f"{function.__qualname__} takes None for {missing}, and its header does not say so"
        assert "return" not in hints or isinstance(made, edu.Page) or fits(made, hints["return"]), \
            f"{function.__qualname__} gives {type(made).__name__}"
        return made

    return call


def install(patch):
    patch.setattr(edu.Record, "__init__", checked_record)
    for kind in vars(calls).values():
        if isinstance(kind, type) and issubclass(kind, edu.base.Module) and kind is not edu.base.Module:
            for name, function in list(vars(kind).items()):
                if inspect.isfunction(function) and name != "__init__":
                    patch.setattr(kind, name, checked_call(function))
