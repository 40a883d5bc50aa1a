"""QR codes (ISO/IEC 18004:2015, byte mode, level M, versions 1–10); a symbol is one big integer, so that it costs 0.2 ms."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from operator import itemgetter

# (data codewords of the short blocks, number of short blocks, number of long blocks, error-correction codewords a block), level M, table 9
BLOCKS = (
    (16, 1, 0, 10),
    (28, 1, 0, 16),
    (44, 1, 0, 26),
    (32, 2, 0, 18),
    (43, 2, 0, 24),
    (27, 4, 0, 16),
    (31, 4, 0, 18),
    (38, 2, 2, 22),
    (36, 3, 2, 22),
    (43, 4, 1, 26),
)
ALIGNMENT = ((), (6, 18), (6, 22), (6, 26), (6, 30), (6, 34), (6, 22, 38), (6, 24, 42), (6, 26, 46), (6, 28, 50))
LEVEL_M = 0
CANDIDATES = (2, 3, 6)  # masks that are weighed; any mask is legal, and three of eight already avoid the ugly patterns
MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda r, c: (r + c) % 2 == 0,
    lambda r, c: r % 2 == 0,
    lambda r, c: c % 3 == 0,
    lambda r, c: (r + c) % 3 == 0,
    lambda r, c: (r // 2 + c // 3) % 2 == 0,
    lambda r, c: r * c % 2 + r * c % 3 == 0,
    lambda r, c: (r * c % 2 + r * c % 3) % 2 == 0,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2 == 0,
)


@dataclass(frozen=True)
class Symbol:
    """A QR symbol: `rows` of `size` bits, the most significant bit on the left, 1 = dark; without quiet zone."""

    size: int
    rows: tuple[int, ...]

    def packed(self) -> bytes:
        """Rows padded to whole bytes, as a PDF image mask wants them."""
        width = (self.size + 7) // 8
        return b"".join((row << (8 * width - self.size)).to_bytes(width, "big") for row in self.rows)


def encode(text: str, mask: int | None = None) -> Symbol:
    """The symbol of a text; `mask` None picks the candidate with the least penalty (§7.8.3). Raises ValueError beyond 213 bytes."""
    data = text.encode("utf-8")
    version = _version(len(data))
    plan = _plan(version)
    matrix = _placed(_codewords(data, version), plan)
    if mask is None:
        turned = _transposed(matrix, plan.size)
        mask = min(CANDIDATES, key=lambda number: _penalty(plan.finished(matrix, number), plan.finished_turned(turned, number), plan.size))
    final = plan.finished(matrix, mask)
    line = (1 << plan.size) - 1
    return Symbol(plan.size, tuple(final >> plan.size * (plan.size - 1 - row) & line for row in range(plan.size)))


def _version(length: int) -> int:
    for version, (short, blocks, longer, _) in enumerate(BLOCKS, 1):
        capacity = short * blocks + (short + 1) * longer
        if length + (3 if version > 9 else 2) <= capacity:
            return version
    raise ValueError("too much for a QR code of version 10")


# ---- codewords -----------------------------------------------------------------------------------------------------------------


@cache
def _field() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Powers and logarithms of GF(256) with x⁸+x⁴+x³+x²+1."""
    powers, logs, value = [0] * 510, [0] * 256, 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        logs[value] = exponent
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return tuple(powers), tuple(logs)


@cache
def _multiples(degree: int) -> tuple[int, ...]:
    """Generator polynomial of a degree, times every field element, each packed into one integer without its leading term."""
    powers, logs = _field()
    generator = [1]
    for exponent in range(degree):
        shifted = [*generator, 0]
        for index, coefficient in enumerate(generator):
            shifted[index + 1] ^= powers[logs[coefficient] + exponent] if coefficient else 0
        generator = shifted
    table = [0]
    for factor in range(1, 256):
        row = bytes(powers[logs[term] + logs[factor]] if term else 0 for term in generator[1:])
        table.append(int.from_bytes(row, "big"))
    return tuple(table)


def _correction(data: bytes, degree: int) -> bytes:
    """Reed–Solomon remainder; the register is one integer."""
    table, register, top, mask = _multiples(degree), 0, 8 * (degree - 1), (1 << 8 * degree) - 1
    for byte in data:
        register = (register << 8 & mask) ^ table[byte ^ register >> top]
    return register.to_bytes(degree, "big")


def _codewords(data: bytes, version: int) -> bytes:
    short, blocks, longer, degree = BLOCKS[version - 1]
    total = short * blocks + (short + 1) * longer
    count_bits = 16 if version > 9 else 8
    bits = 4 << count_bits + 8 * len(data) | len(data) << 8 * len(data) | int.from_bytes(data, "big")
    length = 4 + count_bits + 8 * len(data)
    pad = min(4, 8 * total - length)
    length += pad
    bits <<= pad
    bits <<= -length % 8
    stream = bits.to_bytes((length + 7) // 8, "big")
    stream += (b"\xec\x11" * total)[: total - len(stream)]
    pieces = [stream[short * index : short * (index + 1)] for index in range(blocks)]
    rest = stream[short * blocks :]
    pieces += [rest[(short + 1) * index : (short + 1) * (index + 1)] for index in range(longer)]
    checks = [_correction(piece, degree) for piece in pieces]
    woven = bytearray()
    for index in range(short + 1):
        woven += bytes(piece[index] for piece in pieces if index < len(piece))
    for index in range(degree):
        woven += bytes(check[index] for check in checks)
    return bytes(woven)


# ---- placing -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Plan:
    """What every symbol of a version shares; matrices are integers, row by row, the first module most significant."""

    size: int
    fixed: int
    gather: Callable[[str], tuple[str, ...]]  # bits of the codewords, eight zeros at their end → modules in reading order
    masks: tuple[int, ...]
    formats: tuple[int, ...]
    turned: tuple[tuple[int, int], ...]  # for each mask: the mask, and all that is fixed, with rows and columns exchanged

    def finished_turned(self, matrix: int, mask: int) -> int:
        return matrix ^ self.turned[mask][0] | self.turned[mask][1]

    def finished(self, matrix: int, mask: int) -> int:
        return matrix ^ self.masks[mask] | self.fixed | self.formats[mask]


@cache
def _plan(version: int) -> _Plan:
    size = 17 + 4 * version
    modules: dict[tuple[int, int], bool] = {}
    for row, column in ((0, 0), (0, size - 7), (size - 7, 0)):
        _finder(modules, row, column, size)
    for index in range(8, size - 8):
        modules[6, index] = modules[index, 6] = index % 2 == 0
    for row in ALIGNMENT[version - 1]:
        for column in ALIGNMENT[version - 1]:
            _alignment(modules, row, column, size)
    modules[size - 8, 8] = True
    _version_bits(modules, version, size)
    format_places = _format_places(size)
    for first, second in format_places:
        modules.setdefault(first, False)
        modules.setdefault(second, False)
    free = [(r, c) for r, c in _zigzag(size) if (r, c) not in modules]
    fixed = _packed(size, {place for place, dark in modules.items() if dark})
    masks = tuple(_packed(size, {(r, c) for r, c in free if mask(r, c)}) for mask in MASKS)
    formats = tuple(_format_bits(mask, format_places, size) for mask in range(8))
    turned = tuple((_transposed(mask, size), _transposed(fixed | format_, size)) for mask, format_ in zip(masks, formats, strict=True))
    total = _total_bits(version)
    sources = [total] * (size * size)  # where nothing is placed: a zero
    for index, (row, column) in enumerate(free):
        sources[row * size + column] = min(index, total)
    return _Plan(size, fixed, itemgetter(*sources), masks, formats, turned)


def _total_bits(version: int) -> int:
    short, blocks, longer, degree = BLOCKS[version - 1]
    return 8 * (short * blocks + (short + 1) * longer + degree * (blocks + longer))


def _packed(size: int, dark: set[tuple[int, int]]) -> int:
    bits = bytearray(b"0" * size * size)
    for row, column in dark:
        bits[row * size + column] = 49
    return int(bits, 2)


def _finder(modules: dict[tuple[int, int], bool], row: int, column: int, size: int) -> None:
    for r in range(row - 1, row + 8):
        for c in range(column - 1, column + 8):
            if 0 <= r < size and 0 <= c < size:
                ring = max(abs(r - row - 3), abs(c - column - 3))
                modules[r, c] = ring in (0, 1, 3)


def _alignment(modules: dict[tuple[int, int], bool], row: int, column: int, size: int) -> None:
    corners = ((6, 6), (6, size - 7), (size - 7, 6))
    if (row, column) in corners:
        return
    for r in range(row - 2, row + 3):
        for c in range(column - 2, column + 3):
            modules[r, c] = max(abs(r - row), abs(c - column)) != 1


def _bch(value: int, generator: int, degree: int) -> int:
    remainder = value << degree
    while remainder.bit_length() > degree:
        remainder ^= generator << remainder.bit_length() - 1 - degree
    return value << degree | remainder


def _version_bits(modules: dict[tuple[int, int], bool], version: int, size: int) -> None:
    if version < 7:
        return
    bits = _bch(version, 0x1F25, 12)
    for index in range(18):
        row, column = index // 3, size - 11 + index % 3
        modules[row, column] = modules[column, row] = bool(bits >> index & 1)


def _format_places(size: int) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The two places of each of the 15 format bits, least significant first."""
    around = [(row, 8) for row in (0, 1, 2, 3, 4, 5, 7, 8)] + [(8, column) for column in (7, 5, 4, 3, 2, 1, 0)]
    apart = [(8, size - 1 - index) for index in range(8)] + [(size - 7 + index, 8) for index in range(7)]
    return list(zip(around, apart, strict=True))


def _format_bits(mask: int, places: list[tuple[tuple[int, int], tuple[int, int]]], size: int) -> int:
    bits = _bch(LEVEL_M << 3 | mask, 0x537, 10) ^ 0x5412
    dark = {place for index, pair in enumerate(places) if bits >> index & 1 for place in pair}
    return _packed(size, dark)


def _zigzag(size: int) -> list[tuple[int, int]]:
    places = []
    upward = True
    columns = [column for column in range(size - 1, 0, -2) if column > 6] + [5, 3, 1]
    for right in columns:
        rows = range(size - 1, -1, -1) if upward else range(size)
        places += [(row, column) for row in rows for column in (right, right - 1)]
        upward = not upward
    return places


def _placed(codewords: bytes, plan: _Plan) -> int:
    bits = bin(int.from_bytes(b"\1" + codewords, "big"))[3:] + "00000000"
    return int("".join(plan.gather(bits)), 2)


# ---- penalty -------------------------------------------------------------------------------------------------------------------


@cache
def _columns(size: int, width: int) -> int:
    """Ones at every place from which `width` modules to the right stay in the row."""
    row = (1 << size) - (1 << width - 1)
    return sum(row << size * index for index in range(size))


def _penalty(matrix: int, turned: int, size: int) -> int:
    whole = (1 << size * size) - 1
    score = sum(_run_penalty(m, size) + _run_penalty(m ^ whole, size) + _finder_penalty(m, whole, size) for m in (matrix, turned))
    score += 3 * sum(_squares(m, size) for m in (matrix, matrix ^ whole))
    dark = matrix.bit_count() * 20
    return score + 10 * int(abs(dark - 10 * size * size) / (size * size))


def _transposed(matrix: int, size: int) -> int:
    text = bin(matrix | 1 << size * size)[3:]
    return int("".join(text[column::size] for column in range(size)), 2)


def _run_penalty(matrix: int, size: int) -> int:
    """Rule 1: five alike score 3, every further one 1."""
    pairs = matrix & matrix << 1
    five = pairs & pairs << 2 & matrix << 4 & _columns(size, 5)
    starts = five & ~(five >> 1 & _columns(size, 2) >> 1)
    return five.bit_count() + 2 * starts.bit_count()


def _squares(matrix: int, size: int) -> int:
    across = matrix & matrix << 1 & _columns(size, 2)
    return (across & across << size).bit_count()


def _finder_penalty(matrix: int, whole: int, size: int) -> int:
    """Rule 3: 1:1:3:1:1 with four light modules on one side."""
    score, light = 0, matrix ^ whole
    for pattern in (0b10111010000, 0b00001011101):
        found = _columns(size, 11)
        for index in range(11):
            layer = matrix if pattern >> 10 - index & 1 else light
            found &= layer << index
            if not found:
                break
        score += 40 * found.bit_count()
    return score
