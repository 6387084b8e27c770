"""Deterministic CBOR (section 2), and forms: functions that give back what fits, or refuse it."""
import re
from io import BytesIO
from itertools import pairwise
from typing import Any, BinaryIO, Callable

Form = Callable[[Any], Any]
INT64, UINT64 = 2**63 - 1, 2**64 - 1
SIMPLE = {20: False, 21: True, 22: None}


class Refusal(Exception):
    """A broken rule, by its name."""


def need(holds: Any, rule: str = "malformed") -> None:
    if not holds:
        raise Refusal(rule)


def encode(value: Any) -> bytes:
    match value:
        case None | bool():
            return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[value]
        case int():
            major, count, rest = value < 0, max(value, ~value), b""
        case bytes():
            major, count, rest = 2, len(value), value
        case str():
            major, count, rest = 3, len(value.encode()), value.encode()
        case list() | tuple():
            major, count, rest = 4, len(value), b"".join(map(encode, value))
        case dict():
            pairs = sorted(encode(key) + encode(item) for key, item in value.items())
            major, count, rest = 5, len(value), b"".join(pairs)
    if count < 24:
        return bytes([major << 5 | count]) + rest
    size = next(size for size in range(4) if count < 256 ** (1 << size))
    return bytes([major << 5 | 24 + size]) + count.to_bytes(1 << size, "big") + rest


def decode(data: BinaryIO, top: int = UINT64, depth: int = 10) -> Any:
    """The next item, without integers above `top`; the depth is a payload's (C12)."""
    need(head := data.read(1))
    major, info = divmod(head[0], 32)
    need(info < 31 or not 2 <= major <= 5, "not-canonical")
    need(info < 28 and major != 6 and (major < 7 or info in SIMPLE))
    if major == 7:
        return SIMPLE[info]
    size = 1 << info - 24 if info > 23 else 0
    need(len(head := data.read(size)) == size)
    count = int.from_bytes(head, "big") if size else info
    need(count <= (top, INT64, 528384, 65536, 65536, 65536)[major], "too-large")
    if major < 2:
        return ~count if major else count
    if major < 4:
        need(len(chunk := data.read(count)) == count)
        need(major == 2 or chunk.decode(errors="replace").encode() == chunk)
        return chunk if major == 2 else chunk.decode()
    need(depth, "too-large")
    items = [decode(data, top, depth - 1) for _ in range(count * (major - 3))]
    need(major == 4 or all(type(key) is int for key in items[::2]))
    return items if major == 4 else dict(zip(items[::2], items[1::2]))


def sequence(data: bytes, top: int = UINT64) -> list:
    """All items of the data, of which each has one encoding."""
    items, stream = [], BytesIO(data)
    while stream.tell() < len(data):
        items.append(decode(stream, top))
    need(b"".join(map(encode, items)) == data, "not-canonical")
    return items


def one(data: bytes, top: int = UINT64) -> Any:
    need(len(items := sequence(data, top)) == 1)  # E6
    return items[0]


def atom(value: Any, kind: type, fits: Form = lambda _: True, rule: str = "malformed") -> Any:
    need(type(value) is kind)
    need(fits(value), rule)
    return value


def number(value: Any, low: int = 0, high: int = UINT64, rule: str = "") -> int:
    need(atom(value, int) >= low, rule or "malformed")
    need(value <= high, rule or "too-large")
    return value


def text(value: Any, pattern: str, most: int = 65536, rule: str = "malformed") -> str:
    need(len(atom(value, str).encode()) <= most, "too-large")
    need(re.fullmatch(pattern, value, re.DOTALL), rule)
    return value


def array(value: Any, of: tuple, least: int = 0, make: Form = list) -> Any:
    need(type(value) is list and (least or len(of)) <= len(value) <= len(of))
    return make(form(item) for form, item in zip(of, value))


def many(value: Any, of: Form, least: int = 0, most: int = 65536, order: Form = None) -> list:
    need(len(atom(value, list)) >= least)
    need(len(value) <= most, "too-large")
    items = [of(item) for item in value]
    need(not order or all(order(a) < order(b) for a, b in pairwise(items)), "not-canonical")
    return items


def table(value: Any, key: Form, of: Form, most: int = 65536) -> dict:
    need(len(atom(value, dict)) <= most, "too-large")
    return {key(name): of(item) for name, item in value.items()}


def fields(value: Any, required: set[int], of: dict[int, Form]) -> dict:
    need(required <= atom(value, dict).keys())
    need(value.keys() <= of.keys(), "unsupported")
    need(all(value[key] not in ([], {}) for key in value.keys() - required), "not-canonical")  # E8
    return {key: of[key](item) for key, item in value.items()}
