"""A guest kernel with one instruction changed, in a folder that foldwalk takes as --data.

A fault names a function (its symbol as the linker has it, or the end of a demangled name) and what to change in it: the n-th
instruction of a kind becomes a NOP or another word. The image is the shipped one, so this needs no switch in the sources.
"""
import pathlib
import struct
import subprocess

NOP = 0xD503201F
RET = 0xD65F03C0

# Kinds of instructions as (mask, value). Arm: A64 encodings of the System class.
KINDS = {
    "dsb ishst": (0xFFFFFFFF, 0xD5033A9F),
    "dsb ish": (0xFFFFFFFF, 0xD5033B9F),
    "tlbi": (0xFFFFF000, 0xD5088000),
    "bl": (0xFC000000, 0x94000000),
    "mov w5, #3": (0xFFFFFFFF, 0x52800065),
    "swp": (0xFFE0FC00, 0xF8208000),
}


class KernelImage:
    """The bytes of an arm64 Image with the function symbols of its ELF file."""

    def __init__(self, elf: pathlib.Path, image: pathlib.Path):
        self.words = bytearray(image.read_bytes())
        self.functions = {}
        self.base = None
        for name, start, size in _symbols(elf.read_bytes()):
            if name == "_text":
                self.base = start
            elif size:
                self.functions[name] = (start, size)
        assert self.base is not None, f"{elf}: no _text"

    def find(self, function: str):
        """The functions whose symbol contains `function`, in the mangled form where it is C++."""
        found = [n for n in self.functions if n == function] or [n for n in self.functions if function in n]
        assert len(found) == 1, f"{function}: {found}"
        return self.functions[found[0]]

    def word(self, va: int) -> int:
        return struct.unpack_from("<I", self.words, va - self.base)[0]

    def places(self, function: str, kind: str):
        """Addresses of the function's instructions of one of KINDS, or of its "entry"."""
        if kind == "entry":
            return [self.find(function)[0]]
        mask, value = KINDS[kind]
        start, size = self.find(function)
        return [va for va in range(start, start + size, 4) if self.word(va) & mask == value]

    def patch(self, va: int, word: int):
        struct.pack_into("<I", self.words, va - self.base, word)


def _symbols(elf: bytes):
    section_at, = struct.unpack_from("<Q", elf, 40)
    count, = struct.unpack_from("<H", elf, 60)
    sections = [struct.unpack_from("<IIQQQQIIQQ", elf, section_at + 64 * i) for i in range(count)]
    for kind, offset, size, link in ((s[1], s[4], s[5], s[6]) for s in sections):
        if kind != 2:  # SHT_SYMTAB
            continue
        names = sections[link][4]
        for at in range(offset, offset + size, 24):
            name, _, _, _, value, length = struct.unpack_from("<IBBHQQ", elf, at)
            end = elf.index(b"\0", names + name)
            yield elf[names + name:end].decode(), value, length


def make_folder(data: pathlib.Path, folder: pathlib.Path, variant: str, changes):
    """`folder` becomes `data` with kernel-VARIANT.img changed: (function, kind, which, new word) each; which None: all."""
    folder.mkdir()
    for entry in data.iterdir():
        if entry.name != f"kernel-{variant}.img":
            (folder / entry.name).symlink_to(entry.resolve())
    image = KernelImage(data / f"kernel-{variant}.elf", data / f"kernel-{variant}.img")
    for function, kind, which, word in changes:
        places = image.places(function, kind)
        assert places, f"{function}: no {kind}"
        for va in places if which is None else [places[which]]:
            image.patch(va, word)
    (folder / f"kernel-{variant}.img").write_bytes(image.words)


def run(foldwalk: str, folder, arguments, timeout=120):
    """Exit status and standard output of foldwalk with --data `folder`."""
    done = subprocess.run([foldwalk, *arguments[:1], "--data", str(folder), *arguments[1:]],
                          capture_output=True, text=True, timeout=timeout, check=False)
    return done.returncode, done.stdout + done.stderr
