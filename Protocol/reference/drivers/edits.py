"""Random edits, for tests of a hub with several clients."""
import random
from typing import Iterable

from forms import DECISION, EDIT, JOIN, Reference, one
from node import Client, Record, written

def parents(record: Record, seen: Iterable[Reference] = ()) -> set[Reference]:
    """Of a decision or join by somebody who saw these sides of conflicts; B11."""
    others = {side for _, _, sides in record.conflicts for side in sides} - {*seen}
    return {*seen} | {head for head in record.heads
                      if not others & {head, *record.behind[head, None]}}

def random_step(dice: random.Random, record: Record | None) -> bytes:
    """A new supplier, a join, a decision of what is in conflict, or an edit of what is not."""
    at, group = dice.randrange(10**6), dice.choice([1, 11, 13, 15])
    values = {11: {2: f"公司 {at}"}, 13: {7: ["CATERING", dice.choice(["PROPERTY", "SECURITY"])]},
              15: {9: f"Contact {at}", 10: f"0951-{at:06}"}}
    if not record:
        return written("random", EDIT, values, "supplier")
    if at % 5 == 0 and len(heads := parents(record)) > 1:
        return written("random", JOIN, {}, record, heads)
    for slot, _, sides in record.conflicts:
        if slot == ("life" if group == 1 else f"group-{group}"):
            value = one(dice.choice(record.siblings[group]).values[group])
            return written("random", DECISION, {group: value}, record, parents(record, sides))
    value = values.get(group, {1: int(at % 3 == 0)})  # withdraws or restores
    return written("random", EDIT, {group: value}, record, record.heads)

def random_edits(client: Client, count: int, seed: int) -> None:
    dice = random.Random(seed)
    while count > 0:
        client.sync()
        records = [record for record in client.store.folds("province")[0]
                   if record.type == "supplier" and record.visible]
        chosen = dice.sample(records, min(len(records), 19))
        chosen += [None] * (1 if len(records) > 19 else 10)
        client.seal("province", [random_step(dice, record) for record in chosen])
        count -= len(chosen)
