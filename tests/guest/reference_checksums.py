#!/usr/bin/env python3
"""What each workload must report, from a model of it that knows memory as a list of numbers.

    reference_checksums.py MANIFEST            compares with the manifest; exit 1 on a difference
    reference_checksums.py MANIFEST --print    prints what the manifest should say

The models are written from the descriptions in workloads/*.cpp, in another language, without pages, folios or
copy-on-write: so a memory manager that loses or duplicates a page cannot agree with them by accident.
"""
import configparser
import hashlib
import sys

MASK = (1 << 64) - 1
PAGE = 4096
UNITS = {"K": 10, "M": 20, "G": 30}


class Random:
    """xorshift64*."""

    def __init__(self, seed):
        self.state = (seed * 2 + 1) & MASK

    def next(self):
        s = self.state
        s ^= s >> 12
        s ^= s << 25 & MASK
        s ^= s >> 27
        self.state = s
        return s * 0x2545F4914F6CDD1D & MASK

    def below(self, bound):
        return self.next() * bound >> 64


def mix(total, value):
    return (((total ^ value) * 0x9E3779B97F4A7C15) + (total >> 32)) & MASK


def mix_all(total, values):
    for value in values:
        total = mix(total, value)
    return total


def sequential_touch(a):
    words = list(range(a["bytes"] // PAGE))
    total = 0
    for round_ in range(a["rounds"]):
        total += sum(words)
        words = [word + round_ for word in words]
    return total & MASK


def random_touch(a):
    words = list(range(a["bytes"] // PAGE))
    random = Random(a["seed"])
    total = 0
    for i in range(a["accesses"]):
        page = random.below(len(words))
        total = mix(total, words[page])
        words[page] = words[page] + i & MASK
    return total


def page_stride(a):
    return sum(range(1, a["pages"] + 1)) * (a["rounds"] + 1) & MASK


def pointer_chase(a):
    following = list(range(a["bytes"] // PAGE))
    random = Random(a["seed"])
    for page in range(len(following) - 1, 0, -1):
        other = random.below(page)
        following[page], following[other] = following[other], following[page]
    at = total = 0
    for _ in range(a["steps"]):
        at = following[at]
        total += at
    return total & MASK


def fork_cow(a):
    words = list(range(a["bytes"] // PAGE))
    total = 0
    for round_ in range(a["rounds"]):
        seen_by_child = mix_all(0, [word + round_ + 7 for word in words[::2]])
        total = mix(total, (seen_by_child >> 56) << 8)
        words = [word + round_ + 1 for word in words]
    return mix_all(total, words)


def mprotect_flip(a):
    words = list(range(0, a["bytes"], PAGE))
    total = 0
    for round_ in range(a["rounds"]):
        total = mix_all(total, words)
        words = [word + round_ + 1 for word in words]
    return total


def madvise_churn(a):
    words = [at + 1 for at in range(0, a["bytes"], PAGE)]
    chunk = a["chunk"] // PAGE
    random = Random(a["seed"])
    total = 0
    for round_ in range(a["rounds"]):
        start = random.below(len(words) // chunk) * chunk
        total = mix(total, words[start])
        words[start : start + chunk] = [round_] * chunk
    return mix_all(total, words)


def partial_unmap(a):
    hole = a["hole"] * PAGE
    left = [at + 1 for at in range(0, a["bytes"], PAGE) if at % a["every"] != hole]
    total = 0
    for _ in range(a["rounds"]):
        total = mix_all(total, left)
    return total


def munmap(a):
    total = 0
    for round_ in range(a["rounds"]):
        total = mix_all(total, [round_ + 1] * (a["bytes"] // PAGE))
    return total


def alu_loop(a):
    random = Random(1)
    return mix_all(0, (random.next() for _ in range(a["iterations"])))


def sort(a):
    random = Random(a["seed"])
    total = 0
    for _ in range(a["rounds"]):
        total = mix_all(total, sorted(random.next() for _ in range(a["bytes"] // 8))[::61])
    return total


def sha256(a):
    random = Random(1)
    buffer = bytearray(random.next() >> 56 for _ in range(a["bytes"]))
    for _ in range(a["rounds"]):
        buffer[:32] = hashlib.sha256(buffer).digest()
    return int.from_bytes(buffer[:8], "big")


def memory_rates(a):
    return mix_all(0, range(a["bytes"] // 8))


def mm_phases(a):
    pages = [1] * (a["mb"] << 8)
    quarter, half = len(pages) // 4, len(pages) // 2
    total = sum(pages)
    pages = [2] * len(pages)
    pages[quarter:half:16] = [3] * len(pages[quarter:half:16])
    pages[half:] = [5] * (len(pages) - half)
    return total + 2 * sum(pages)


def number(text):
    return int(text[:-1]) << UNITS[text[-1]] if text[-1] in UNITS else int(text)


def arguments_of(section):
    return {key: number(value) for key, value in (word.split("=") for word in section["args"].split())}


def main():
    manifest = configparser.ConfigParser()
    with open(sys.argv[1], encoding="utf-8") as file:
        manifest.read_file(file)
    wrong = 0
    for name in manifest.sections():
        expected = globals()[name](arguments_of(manifest[name]))
        if "--print" in sys.argv:
            print(f"{name} {expected:#x}")
        elif int(manifest[name]["checksum"], 16) != expected:
            print(f"{name}: the manifest says {manifest[name]['checksum']}, the model {expected:#x}")
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
