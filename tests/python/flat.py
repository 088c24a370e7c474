"""Memory stays flat: where a test first calls a function with success, the same call is made again and
again, there, where everything for it is prepared. Calls that write are made under a key, so that once more
does nothing more and answers the same.

The heap is counted to the byte, so that a few calls show what each leaves behind. What fills a cache comes to
an end, a leak comes each time: whoever does not look flat has ten times as many calls to show it."""

import ctypes
import functools
import inspect
import sys
import threading

import edu
from command import IS_NIGHTLY
from edu import calls

WARM_UP = 5
WINDOWS = 3
WINDOW = 100_000 // WINDOWS + 1 if IS_NIGHTLY else 30
LEAST = 16  # bytes of the smallest piece that malloc gives
# A sign-in is a row, and so is what the audit trail notes each time; the pages which SQLite keeps in memory (up to
# 64 MiB) take them up.
ROW = {"sign_in": 256, "PrivacyModule.export": 256, "RoundModule.issue": 256}
# What draws pages fills caches of fonts for some hundred of them: flat to the byte at full length only.
DRAWN = {"CertificateModule.paper", "CertificateModule.print", "SittingModule.attendance_pdf", "SittingModule.slip"}
# Whoever asks again is told to wait, or is sent one more code: held in test_binding.py, where nothing follows.
COUNTED = {"AccountModule.activate", "AccountModule.recover", "AccountModule.recover_finish", "CertificateModule.find",
           "CertificateModule.find_file"}


class _Heap(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")]


_heap = ctypes.CDLL(None).mallinfo2
_heap.restype = _Heap
seen = {}


def _in_use():
    heap = _heap()
    return heap.uordblks + heap.hblkhd, sys.getallocatedblocks()


def _again(call, times):
    before = _in_use()
    for _ in range(times):
        try:
            call()
        except edu.Error:
            pass
    return [after - earlier for after, earlier in zip(_in_use(), before)]


def hold(name, call, window=None):
    window = window or WINDOW
    _again(call, WARM_UP)
    grown = [_again(call, window) for _ in range(WINDOWS)]
    bytes_, objects = (min(one) for one in zip(*grown))
    seen[name] = window * WINDOWS, bytes_, objects
    spare = 4096 if name in DRAWN and not IS_NIGHTLY else 0
    if bytes_ >= window * ROW.get(name, LEAST) + spare or objects >= window:
        assert window < WINDOW * (1 if IS_NIGHTLY else 100), f"{name} leaves {grown} (bytes, objects) in {window} calls"
        hold(name, call, window * 10)


def held_call(function):
    raw, takes_key = inspect.unwrap(function), "key" in inspect.signature(function).parameters

    @functools.wraps(function)
    def call(*arguments, **keywords):
        name = function.__qualname__
        if name in seen or name in COUNTED or threading.current_thread() is not threading.main_thread():
            return function(*arguments, **keywords)
        bound = inspect.signature(function).bind(*arguments, **keywords)
        if takes_key and bound.arguments.get("key") is None:
            bound.arguments["key"] = f"flat {name}"
        made = function(*bound.args, **bound.kwargs)
        hold(name, lambda: raw(*bound.args, **bound.kwargs))
        return made

    return call


def install(patch):
    for kind in vars(calls).values():
        if isinstance(kind, type) and issubclass(kind, edu.base.Module) and kind is not edu.base.Module:
            for name, function in list(vars(kind).items()):
                if inspect.isfunction(function) and name != "__init__":
                    patch.setattr(kind, name, held_call(function))
    for name, function in list(vars(calls).items()):
        if inspect.isfunction(function) and function.__module__ == calls.__name__ and hasattr(edu, name):
            patch.setattr(edu, name, held_call(function))
