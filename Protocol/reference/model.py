"""Names (section 3), changes (section 4), hashes and segments (section 5)."""
import hashlib
import re
import zlib
from dataclasses import dataclass, field
from typing import Any, Iterator, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cbor import INT64, Raw, ascending, decode, encode, fields, need, one, shape

EDIT, DECISION, JOIN, VERDICT, VOID = 1, 2, 3, 4, 5
ZERO, HOLD, RELEASE = bytes(32), b"\xa1\x01\xf5", b"\xa1\x01\xf4"
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def verifies(key: bytes, signature: bytes, message: list) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, encode(message))
    except (InvalidSignature, ValueError):
        return False
    return True


def text(value: str, pattern: str, most: int, rule: str = "malformed") -> str:
    need(len(value.encode()) <= most, "too-large")
    need(re.fullmatch(pattern, value, re.DOTALL), rule)
    return value


def scope_order(scope: str) -> tuple[bool, str]:
    """N2, N5."""
    return scope != "province", text(scope, "province|county/[0-9]{6}", 99, "unsupported")


def number(value: int) -> int:
    """N6."""
    need(value)
    need(value < 2**40, "too-large")
    return value


class Log(NamedTuple):
    """N4."""
    node: str
    incarnation: int
    scope: str
    lane: int

    @classmethod
    def read(cls, value: Any) -> "Log":
        log = cls(*shape(value, str, int, str, int))
        text(log.node, "[a-z0-9-]+", 15)  # N1
        need(log.lane <= 2 and scope_order(log.scope), "unsupported")  # N3
        return log

    def __lt__(self, other: "Log") -> bool:
        """N5; references compare by their logs first, as all tuples do."""
        order = [(log.lane, scope_order(log.scope), *log[:2]) for log in (self, other)]
        return order[0] < order[1]

    def __str__(self) -> str:
        lane = ("control", "records", "events")[self.lane]
        return f"{self.node}/{self.incarnation:016x}/{self.scope}/{lane}"


class Reference(NamedTuple):
    """N7."""
    log: Log
    number: int
    prefix: bytes

    @classmethod
    def read(cls, value: Any) -> "Reference":
        log, at, prefix = shape(value, list, int, 8)
        return cls(Log.read(log), number(at), prefix)

    def __str__(self) -> str:
        return short(sha(str(self.log).encode())[:4], self.number, self.prefix[:3])


def short(log: bytes, at: int, prefix: bytes) -> str:
    """N9."""
    data = log + at.to_bytes((at.bit_length() + 7) // 8, "big") + prefix
    bits = "".join(f"{byte:08b}" for byte in data)
    return "".join(ALPHABET[int(bits[at:at + 5].ljust(5, "0"), 2)] for at in range(0, len(bits), 5))


def read_short(typed: str) -> tuple[bytes, int, bytes]:
    """Log, sequence and prefix, as far as they stand in a short id that people typed; N9."""
    typed = typed.lower().translate(str.maketrans("oil", "011"))
    bits = "".join(f"{max(ALPHABET.find(letter), 0):05b}" for letter in typed)
    data = bytes(int(bits[at:at + 8], 2) for at in range(0, len(bits) - 7, 8))
    parts = data[:4], int.from_bytes(data[4:-3], "big"), data[-3:]
    need(len(data) >= 8 and typed == short(*parts))
    return parts


Clock = dict[Log, list[tuple[int, bytes]]]


def read_tip(value: Any) -> tuple[int, bytes]:
    at, tip = shape(value, int, 32)
    return number(at), tip


def read_clock(value: list) -> Clock:
    """N8."""
    need(len(value) <= 16384, "too-large")
    entries = [shape(entry, list, list) for entry in value]
    clock = [(Log.read(log), ascending(list(map(read_tip, tips)))) for log, tips in entries]
    ascending([log for log, _ in clock])
    need(all(tips for _, tips in clock))
    need(all(len(tips) <= 64 for _, tips in clock), "too-large")
    return dict(clock)


def digest(clock: Clock) -> bytes:
    return sha(encode(sorted(clock.items())))


@dataclass(eq=False)
class Change:
    """One change; references stand in place of the header's indices."""
    kind: int
    type: str
    record: Reference | None
    parents: list[Reference]
    groups: dict[int, list[Reference]]  # what it replaced of each group
    target: Reference | None
    values: dict[int, Raw] = field(default_factory=dict)
    hash: bytes = ZERO
    previous: bytes = ZERO
    name: Reference | None = None

    @property
    def needs(self) -> set[Reference]:
        """M1."""
        own = {self.record, self.target} - {self.name, None}
        return set() if self.kind == VOID else own.union(self.parents, *self.groups.values())

    @classmethod
    def read(cls, header: Any, scope: str | None = None) -> "Change":
        """The header of a change in a log of `scope`."""
        fields(header, {0: int, 8: str, 10: object},
               {1: str, 2: list, 3: int, 4: list, 5: dict, 6: int})
        kind, groups, keys = header[0], header.get(5, {}), header.keys() & {1, 3, 4, 5, 6}
        table = ascending([Reference.read(name) for name in header.get(2, [])])
        lists = [header.get(4, []), *groups.values()]
        need(all(type(names) is list and all(type(index) is int for index in ascending(names))
                 for names in lists))  # C4
        named = sum(lists, [header[6]] if 6 in header else [])
        used = {*named, *([header[3]] if 3 in header else [])}
        need(1 <= kind <= 5, "unsupported")  # C1
        need(type(header[10]) is int and keys & {1, 3} and min(groups, default=0) >= 0)
        need(len(named) <= 256 and len(groups) <= 64, "too-large")  # C14
        need(max(groups, default=0) < 2**32 and header[10] <= INT64, "too-large")
        need(used <= {*range(len(table))})  # C3
        need(len(used) == len(table), "not-canonical")
        text(header[8], "[A-Za-z0-9._-]+", 32)  # C10
        text(header.get(1, "-"), ".+", 32)
        need({EDIT: keys in ({3, 5}, {3, 4, 5}) or keys == {1, 5} and not table,
              DECISION: keys in ({3, 5}, {3, 4, 5}), JOIN: keys == {3, 4}, VOID: keys == {3, 6},
              VERDICT: keys == {3, 5, 6} and len(groups) == 1}[kind]
             and (kind == VERDICT) == (0 in groups), "inconsistent")  # C5 to C9
        need(all(name.log.scope == scope for name in table) or not scope, "inconsistent")  # C13
        record, target = (table[header[key]] if key in header else None for key in (3, 6))
        return cls(kind, header.get(1, ""), record, [table[index] for index in header.get(4, [])],
                   {group: [table[index] for index in names] for group, names in groups.items()},
                   target)


def read_payload(payload: bytes) -> dict[int, Raw]:
    plain = fields(one(payload, INT64), {0: int}, {1: dict, 2: str})
    text(plain.get(2, ""), ".*", 4096)
    need(all(type(value) is dict for value in plain.get(1, {}).values()))  # C12
    return {group: Raw(encode(value)) for group, value in plain.get(1, {}).items()}


def read_changes(body: bytes, scope: str | None = None) -> Iterator[tuple[Change, bytes, bytes]]:
    """The changes of a segment's body, each with its header and payload."""
    pos = 0
    while pos < len(body):
        start, (header, middle) = pos, decode(body, pos)
        payload, pos = decode(body, middle)
        need(type(payload) is bytes)
        need(pos - start <= 65536, "too-large")  # C14
        change = Change.read(header, scope)
        change.values = read_payload(payload)
        need(change.values.keys() == change.groups.keys(), "inconsistent")  # C12
        need(change.kind != VERDICT or change.values[0] in (HOLD, RELEASE), "inconsistent")  # C8
        yield change, body[start:middle], payload


def block(at: int) -> int:
    return (at - 1) // 512  # S2


@dataclass(eq=False)
class Segment:
    """S4."""
    log: Log
    first: int
    previous: bytes
    secrets: list[bytes]
    signature: bytes = b""
    data: bytes = b""
    changes: list[Change] = field(default_factory=list)

    @classmethod
    def read(cls, data: bytes) -> "Segment":
        need(len(data) <= 528384, "too-large")
        suite, log, first, previous, secrets, signature, count, length, packed = shape(
            one(data), int, list, int, 32, list, 64, int, int, bytes)
        need(suite == 1 and None not in secrets, "unsupported")  # S5
        log = Log.read(log)
        need(count and length)
        need(count <= 512 and length <= 524288 and number(first) + count <= 2**40, "too-large")
        need((previous == ZERO) == (first == 1), "inconsistent")
        shape(secrets, *[16] * (block(first + count - 1) - block(first) + 1))  # S5
        inflater = zlib.decompressobj(-15)
        try:
            body = inflater.decompress(packed, length + 1)
        except zlib.error:
            body = b""
        need(len(body) == length and inflater.eof and not inflater.unused_data)  # S6
        segment = cls(log, first, previous, secrets, signature, data)
        for change in read_changes(body, log.scope):
            segment.append(*change)
        need(len(segment.changes) == count)
        return segment

    def append(self, change: Change, header: bytes, payload: bytes) -> None:
        """Gives a change its place and hash; S1 to S3."""
        at = self.first + len(self.changes)
        change.previous = self.changes[-1].hash if self.changes else self.previous
        salt = sha(self.secrets[block(at) - block(self.first)], at.to_bytes(8, "big"))[:16]
        place = encode([1, self.log, at, change.previous])
        change.hash = sha(place, header, sha(salt, payload))
        change.name = Reference(self.log, at, change.hash[:8])
        change.record = change.record or change.name
        self.changes.append(change)

    @property
    def signed(self) -> list:
        """S7."""
        last = self.changes[-1]
        return ["creditsync segment", 1, self.log, last.name.number, last.hash]
