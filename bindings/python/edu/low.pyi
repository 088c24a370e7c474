"""The functions as SWIG makes them; calls.py says what they take and give."""

from typing import Any

def __getattr__(name: str) -> Any: ...
