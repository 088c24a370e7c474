"""Finds what was planted, however it is written: in capitals, hex, base64, as an address has it."""

import base64
import mmap
import re
import urllib.parse


def in_base64(data):
    """What stands in base64 wherever it begins: by three, without the letters that depend on its neighbours."""
    for before in range(3):
        text = base64.b64encode(b"\0" * before + data)
        first = -(-before * 4 // 3)
        last = (before + len(data)) * 4 // 3
        for one in (text, text.replace(b"+", b"-").replace(b"/", b"_")):
            yield one[first:last]


def forms(value):
    """The bytes by which a text or bytes may stand in a file."""
    texts = {value, value.upper(), value.lower(), value.capitalize()} if isinstance(value, str) else {value}
    for text in texts:
        data = text.encode() if isinstance(text, str) else text
        yield data
        yield data.hex().encode()
        yield data.hex().upper().encode()
        yield from in_base64(data)
        yield data.decode("latin-1").encode("utf-16-le")
        if isinstance(text, str):
            yield urllib.parse.quote(text, safe="").encode()
            yield urllib.parse.quote_plus(text).encode()
            yield text.encode("unicode_escape")


class Traces:
    """What was planted, by name."""

    def __init__(self, planted):
        self.names = {form: name for name, value in planted.items() for form in forms(value)}
        self.pattern = re.compile(b"|".join(re.escape(form) for form in sorted(self.names, key=len, reverse=True)))

    def among(self, data):
        """Names of those that stand in it."""
        return sorted({self.names[found] for found in self.pattern.findall(data)})

    def in_text(self, text):
        return self.among(text.encode("utf-8", "surrogateescape"))

    def in_file(self, path):
        try:
            file = open(path, "rb")
        except FileNotFoundError:  # a server's own, gone meanwhile
            return []
        with file:
            if not path.stat().st_size:
                return []
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return sorted({self.names[found.group()] for found in self.pattern.finditer(data)})
