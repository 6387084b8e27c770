"""Checks sync.cddl against the vectors, with zcbor (PyPI; with cbor2 < 5.8): whatever must be accepted matches its rule
of the schema. CDDL cannot say everything, so a refusing case may match, too; that enough of them do not shows that the
check can fail. zcbor knows no `.regexp`: names are left to the decoders."""

import contextlib
import io
import json
import re
import sys
from pathlib import Path

from zcbor.zcbor.zcbor import DataTranslator

HERE = Path(__file__).parent
ROOTS = {
    "log": "log", "reference": "reference", "clock": "clock", "header": "header", "payload": "payload",
    "exchange-request": "exchange-request", "exchange-answer": "exchange-answer", "wake": "wake",
}
FOLDERS = {"segment": "segment", "receipt": "receipt", "proof": "proof"}


def first_item_end(data: bytes, at: int = 0) -> int:
    """Where the first item of a CBOR sequence ends; the vectors that are asked about are well-formed."""
    major, short = data[at] >> 5, data[at] & 31
    at += 1
    argument = short
    if short >= 24:
        size = 1 << (short - 24)
        argument = int.from_bytes(data[at : at + size], "big")
        at += size
    if major in (2, 3):
        return at + argument
    for _ in range(argument * {4: 1, 5: 2}.get(major, 0)):
        at = first_item_end(data, at)
    return at


def items(kind: str, settings: dict, data: bytes):
    """Pairs of a rule of the schema and bytes that must match it."""
    if kind in FOLDERS:
        yield FOLDERS[kind], data
    elif kind in ("store", "send"):
        at = 0
        while at < len(data):
            end = first_item_end(data, at)
            yield "segment-in-message", data[at:end]
            at = end
    elif settings.get("as") == "change":
        end = first_item_end(data)
        yield "header", data[:end]
        yield "payload-in-segment", data[end:]
    elif settings.get("as") in ROOTS:
        yield ROOTS[settings["as"]], data[: first_item_end(data)]


def main() -> int:
    text = re.sub(r' \.regexp "[^"]*"', "", (HERE / "sync.cddl").read_text())
    types = DataTranslator.from_cddl(cddl_string=text, default_max_qty=1 << 20).my_types
    matched = refused = 0
    failures = []
    for path in sorted((HERE / "vectors").glob("*/*.json")):
        vector = json.loads(path.read_text())
        kind, accepts = path.parent.name, vector["shows"] == "accept"
        if kind == "short-id" or (not accepts and kind != "decode"):
            continue
        data = path.with_suffix(".cbor").read_bytes()
        try:
            # It prints what does not match before it raises.
            with contextlib.redirect_stdout(io.StringIO()):
                for root, item in items(kind, vector["settings"], data):
                    types[root].validate_str(item)
            matched += 1
        except Exception as error:
            refused += 1
            if accepts:
                failures.append(f"{path.relative_to(HERE)}: {error}")
    print("\n".join(failures) or f"sync.cddl: {matched} vectors match, {refused} refused by the schema alone")
    return 1 if failures or not matched or not refused else 0


sys.exit(main())
