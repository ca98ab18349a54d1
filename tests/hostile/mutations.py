"""What may become of messages and files on their way, or in the hands of those who mean harm; all from a seed."""

import math
from copy import deepcopy

PIECES = [
    # of MessagePack: the largest sizes, extensions of ours and of others, numbers at the limits, what is never used
    *(bytes([kind]) for kind in (0x80, 0x90, 0xA0, 0xC0, 0xC1, 0xC2, 0xC4, 0xCA, 0xCB, 0xD4, 0xDF, 0xFF)),
    b"\xdd\xff\xff\xff\xff",
    b"\xdf\xff\xff\xff\xff",
    b"\xdb\xff\xff\xff\xff",
    b"\xc9\x00\x00\x00\x02\x01\x7f\xff",
    b"\xc7\x03\x01\xff\x00\x00",
    b"\xc7\x01\x03\x90",
    b"\xd4\x02\xff",
    b"\xcf" + b"\xff" * 8,
    b"\xd3\x80" + b"\x00" * 7,
    b"\xcb\x7f\xf8" + b"\x00" * 6,
    b"\x91" * 2_000,
    b"\xc7\xff\x01" + b"\x7f" * 255,
    b"\xa4\x1b[2J",
    b"\x80\x04N.",
]
STRANGE = [
    None,
    True,
    0,
    -1,
    2**63,
    10**400,
    -(2**64),
    0.5,
    1e308,
    -1e308,
    5e-324,
    math.inf,
    math.nan,
    "",
    "x" * 10_000,
    "\x1b]0;owned\x07\u202e",
    "=1+1",
    "1e999",
    "\udc9b",
    [],
    {},
    [[]],
    {"a": None},
    [1, "a", None],
    [0] * 200,
]


def damaged(content, random):
    """Return bytes of which some were changed, removed, repeated or replaced by pieces of MessagePack."""
    found = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 5))):
        at = random.randrange(len(found) + 1)
        match random.randrange(6):
            case 0:
                found[at : at + 1] = random.randbytes(1)
            case 1:
                del found[at : at + random.choice((1, 4, len(found)))]
            case 2:
                found[at:at] = random.choice(PIECES)
            case 3:
                found[at : at + 1] = random.choice(PIECES)
            case 4:
                found[at:at] = found[at : at + random.choice((1, 16, 200))]
            case 5:
                found[at : at + 8] = random.randbytes(random.randrange(9))
    return bytes(found)


def disarranged(data, random):
    """Change one or a few places of data that JSON can hold, in place; return them."""
    for _ in range(random.choice((1, 1, 1, 2, 8))):
        container = _container(data, random)
        if container is None:
            return deepcopy(random.choice(STRANGE))
        keys = list(container) if isinstance(container, dict) else range(len(container))
        key = random.choice(keys)
        match random.randrange(5):
            case 0:
                del container[key]
            case 1 if isinstance(container, dict):
                container[f"{key}{random.choice(('', 'x', chr(27)))}"] = container.pop(key)
            case 1:
                container.extend(deepcopy(container[:50]))
            case 2:
                container[key] = deepcopy(container[random.choice(keys)])
            case _:
                container[key] = deepcopy(random.choice(STRANGE))
    return data


def _container(data, random):
    """Return a list or dict in it that is not empty, at any depth."""
    found = data if isinstance(data, dict | list) and data else None
    while found:
        values = found.values() if isinstance(found, dict) else found
        inner = [value for value in values if isinstance(value, dict | list) and value]
        if not inner or random.random() < 0.25:
            break
        found = random.choice(inner)
    return found


def exaggerated(data, random):
    """Return data of which some numbers are others of the same type: a file whose form is right, and nothing else."""
    if isinstance(data, dict):
        return {key: exaggerated(value, random) for key, value in data.items()}
    if isinstance(data, list):
        return [exaggerated(value, random) for value in data]
    if isinstance(data, bool) or not isinstance(data, int | float) or random.random() > 0.01:
        return data
    return random.choice((0, -1, 1, 2**62) if isinstance(data, int) else (0.0, -1.0, 1e308, -1e308, 5e-324, 0.5))
