"""Deterministic CBOR (section 2): a writer, a strict reader, and checks of what was read."""
from typing import Any

INT64, UINT64 = 2**63 - 1, 2**64 - 1
SIMPLE = {20: False, 21: True, 22: None}


class Refusal(Exception):
    """A broken rule, by its name, and the offset of the byte at fault: 0 if it is none (X4)."""

    def __init__(self, rule: str, offset: int = 0):
        super().__init__(f"{rule} at byte {offset}")
        self.rule, self.offset = rule, offset


class Raw(bytes):
    """One item that is encoded already."""


def need(holds: Any, rule: str = "malformed", offset: int = 0) -> None:
    if not holds:
        raise Refusal(rule, offset)


def encode(value: Any) -> bytes:
    match value:
        case Raw():
            return bytes(value)
        case None | bool():
            return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[value]
        case int():
            major, count, rest = value < 0, -1 - value if value < 0 else value, b""
        case bytes():
            major, count, rest = 2, len(value), value
        case str():
            major, count, rest = 3, len(value.encode()), value.encode()
        case list() | tuple():
            major, count, rest = 4, len(value), b"".join(map(encode, value))
        case dict():
            pairs = sorted((encode(key), encode(item)) for key, item in value.items())
            major, count, rest = 5, len(pairs), b"".join(key + item for key, item in pairs)
    if count < 24:
        return bytes([major << 5 | count]) + rest
    size = next(size for size in range(4) if count < 256 ** (1 << size))
    return bytes([major << 5 | 24 + size]) + count.to_bytes(1 << size, "big") + rest


def decode(data: bytes, pos: int = 0, top: int = UINT64, depth: int = 10) -> tuple[Any, int]:
    """The item at `pos` and where it ends; no integer is above `top` (E1 to E7)."""
    need(pos < len(data), "malformed", pos)
    start, (major, info) = pos, divmod(data[pos], 32)
    need(info < 31 or not 2 <= major <= 5, "not-canonical", start)
    need(info < 28 and major != 6 and (major < 7 or info in SIMPLE), "malformed", start)
    size = 1 << info - 24 if info > 23 else 0
    pos += 1 + size
    need(pos <= len(data), "malformed", start)
    count = int.from_bytes(data[start + 1:pos], "big") if size else info
    need(count >= {0: 0, 1: 24}.get(size, 256 ** (size // 2)), "not-canonical", start)
    if major < 2:
        count = -1 - count if major else count
        need(-INT64 - 1 <= count <= top, "too-large", start)
        return count, pos
    if major == 7:
        return SIMPLE[info], pos
    need(count <= 2**26, "too-large", start)
    need(count <= len(data) - pos, "malformed", start)
    if major < 4:
        try:
            chunk = data[pos:pos + count]
            return chunk if major == 2 else chunk.decode(), pos + count
        except UnicodeDecodeError:
            raise Refusal("malformed", start) from None
    need(depth, "too-large", start)
    keys, items, last = [], [], b""
    for _ in range(count):
        if major == 5:
            key, end = decode(data, pos, INT64, depth - 1)
            need(type(key) is int, "malformed", pos)
            need(data[pos:end] > last, "not-canonical", pos)
            keys, last, pos = [*keys, key], data[pos:end], end
        item, pos = decode(data, pos, top, depth - 1)
        items.append(item)
    return dict(zip(keys, items)) if major == 5 else items, pos


def one(data: bytes, top: int = UINT64) -> Any:
    """E6: the only item of the data."""
    item, end = decode(data, 0, top)
    need(end == len(data), "malformed", end)
    return item


def sequence(data: bytes, pos: int = 0) -> list:
    """All items up to the end of the data."""
    items = []
    while pos < len(data):
        item, pos = decode(data, pos)
        items.append(item)
    return items


def fits(value: Any, kind: Any) -> bool:
    """A kind is a type (`int`: not negative), a number (so many bytes), or `object`: anything."""
    if isinstance(kind, int):
        return type(value) is bytes and len(value) == kind
    return kind is object or type(value) is kind and not (kind is int and value < 0)


def shape(value: Any, *kinds: Any) -> list:
    """An array of items of just these kinds."""
    need(type(value) is list and len(value) == len(kinds) and all(map(fits, value, kinds)))
    return value


def fields(value: Any, required: dict[int, Any], optional: dict[int, Any] = {}) -> dict[int, Any]:
    """A map of these keys, each of its kind; E8."""
    need(type(value) is dict and required.keys() <= value.keys())
    need(value.keys() <= required.keys() | optional.keys(), "unsupported")
    need(all(fits(item, (required | optional)[key]) for key, item in value.items()))
    need(all(value[key] not in ([], {}) for key in optional if key in value), "not-canonical")
    return value


def ascending(items: list) -> list:
    need(all(item < after for item, after in zip(items, items[1:])), "not-canonical")
    return items
