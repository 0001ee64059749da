#!/usr/bin/env python3
"""Runs a group of programs under Foldwalk and under qemu-aarch64: standard output, standard error and exit status are equal.

    check_programs.py FOLDWALK QEMU FOLDER GROUP

FOLDER has the programs. Debian's busybox and 7-Zip (busybox-static:arm64 and 7zip:arm64, which scripts/setup.sh fetches) may be
missing: then their groups are skipped, with exit status 77.
"""
import hashlib
import pathlib
import sys

from real_programs import Case, Runner

SKIPPED = 77


def text(lines):
    """Reproducible prose: words of a small vocabulary in an order of chance."""
    words = "page table entry walk fold contiguous kernel fault folio dirty access flag region sort 64K 4K 2M".split()
    state, out = 12345, []
    for _ in range(lines):
        line = []
        for _ in range(9):
            state = (state * 1103515245 + 12345) % 2**31
            line.append(words[state >> 16 & 15] + str(state >> 20 & 63) * (state >> 27 & 1))
        out.append(" ".join(line))
    return ("\n".join(out) + "\n").encode()


TEXT = text(1500)
NOISE = b"".join(hashlib.sha256(bytes([i & 255, i >> 8])).digest() for i in range(1500))
SMALL = TEXT[:3000]


def digests(_):
    files = {"text.txt": TEXT, "noise.bin": NOISE, "empty": b""}
    lines = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()).encode()
    yield Case("sha256", tuple(files), files, expected=lines)
    yield Case("sha256_pie", tuple(files), files, expected=lines)
    yield Case("sha256", ("none", "empty"), {"empty": b""})


def compress(runner):
    for content in (TEXT, NOISE[:20000], b"", b"a" * 50000):
        packed = runner.under_qemu(Case("compress", ("c",), stdin=content)).stdout
        yield Case("compress", ("c",), stdin=content, expected=packed)
        yield Case("compress", ("d",), stdin=packed, expected=content)
    yield Case("compress", ("d",), stdin=b"no such thing")


def library(_):
    yield Case("library", ("text.txt",), {"text.txt": TEXT})
    yield Case("library", ("none",))


def mathematics(_):
    yield Case("mathematics")


def signals(_):
    yield Case("signals")
    for number in ("6", "11", "15"):
        yield Case("signals", (number,))


def memory(_):
    yield Case("memory", ("noise.bin",), {"noise.bin": NOISE})
    yield Case("memory", ("noise.bin",), {"noise.bin": NOISE}, settings=("--thp", "2M:never", "--contpte", "off"))


# Children write before their parent, whose output is kept until it ends.
STARTED = b"""[files][words][with blanks][] value
[files][words][with blanks][] 
execve: 4
posix_spawn(&pid, self, NULL, NULL, argv, environ): 0
posix_spawn: 4
execve("/dev/null", argv, envp): -1 Permission denied
waitpid(-1, &status, 0): -1 No child processes
"""


def files(_):
    yield Case("files")
    yield Case("files", ("./files",), expected=STARTED, without_qemu="it would start an AArch64 program on the host")
    yield Case("files", ("words", "a b", "", "'\"$*"), environment={"NAME": "of the environment"})


def modes(_):
    """In cycle mode too, and without contpte: see main()."""
    yield Case("sha256", ("small.txt",), {"small.txt": SMALL})
    yield Case("signals", ())


def busybox(_):
    all_files = {"text.txt": TEXT, "noise.bin": NOISE, "small.txt": SMALL}
    for words in (("sha256sum", *all_files), ("md5sum", *all_files), ("sha512sum", "noise.bin"), ("wc", *all_files),
                  ("sort", "text.txt"), ("sort", "-rnk3", "-t", " ", "text.txt"), ("uniq", "-c", "text.txt"), ("cat", *all_files),
                  ("awk", "{ n[$1] += NF; s += length($2) / 7 } END { for (w in n) printf \"%s %d %.10g %e\\n\", w, n[w], s, s / 3 }", "text.txt"),
                  ("sed", "-n", "-e", "s/\\(page\\|walk\\)[0-9]*/<&>/gp", "text.txt"), ("grep", "-nE", "fo(ld|lio)(63|5+)", "text.txt"),
                  ("base64", "noise.bin"), ("od", "-An", "-tx4", "-N", "4000", "noise.bin"), ("tac", "small.txt"), ("cmp", "text.txt", "small.txt"),
                  ("diff", "text.txt", "small.txt"), ("seq", "1", "3", "100"), ("ls", "none"), ("expr", "6", "*", "7"), ("false",)):
        named = {name: content for name, content in all_files.items() if name in words}
        yield Case("busybox", words, named)
    yield Case("busybox", ("bc", "-l"), stdin=b"scale=60; 4*a(1); 2^200; sqrt(2)\n")
    yield Case("busybox", ("dc",), stdin=b"60k 2v p 3 5 ^ p\n")
    yield Case("busybox", ("tr", "a-z", "A-Z"), stdin=SMALL)


def shell(runner):
    """Pipelines of processes: under qemu-aarch64 a shell would start programs of the host, so what must come is said here."""
    why = "its shell would start the host's programs"
    start = "busybox mkdir bin && busybox --install -s /bin && export PATH=/bin; "
    for script, out in ((f"gzip -c text.txt > t.gz; gunzip -c t.gz", TEXT), ("cat text.txt | sort -r | uniq | sort | cmp - sorted && echo equal", b"equal\n"),
                        ("mkdir -p a/b && echo x > a/b/c && tar cf t.tar a && rm -r a && tar xf t.tar && cat a/b/c", b"x\n"),
                        ("for i in 3 1 2; do echo $i; done | sort | while read n; do echo -n \"$n \"; done; echo $((6 * 7))", b"1 2 3 42\n"),
                        ("(exit 3) || echo $?; sh -c 'kill -9 $$'; echo $?; sleep 100; echo late; find / -name 'text*'", b"3\n137\nlate\n/text.txt\n"),
                        ("set -- $(wc -l text.txt); echo $1 >&2; yes | head -n 2; echo `uname -m`", b"y\ny\naarch64\n")):
        sorted_lines = b"".join(sorted(set(TEXT.splitlines(keepends=True))))
        yield Case("busybox", ("sh", "-c", start + script), {"text.txt": TEXT, "sorted": sorted_lines}, expected=out, without_qemu=why,
                   environment={"PATH": "/"})


LOADER = "7zip/ld-linux-aarch64.so.1"


def seven_zip(runner):
    """A dynamic program and its libraries, which their loader maps. With -mmt=1 7-Zip starts no threads, and archives keep no times."""
    program = {f"7zip/{file.name}": file.read_bytes() for file in (runner.folder / "7zip").iterdir() if file.name != "ld-linux-aarch64.so.1"}
    words = ("--library-path", "7zip", "7zip/7zz")
    quiet = ("-mmt=1", "-bso0", "-bsp0")
    files = {**program, "text.txt": TEXT, "noise.bin": NOISE}
    # The guest's archive leaves it by way of busybox.
    start = "busybox chmod +x 7zip/*; " + LOADER + " "
    for method in (("-mx=5",), ("-mx=9",), ("-mx=1",), ("-m0=ppmd",), ("-m0=bzip2",)):
        pack = (*words, "a", *quiet, "-mtm-", "-mtr-", *method, "t.7z", "text.txt", "noise.bin")
        archive = runner.left_by_qemu(Case(LOADER, pack, files), "t.7z")
        yield Case("busybox", ("sh", "-c", start + " ".join(pack) + " && busybox cat t.7z"), {**files, LOADER: (runner.folder / LOADER).read_bytes()},
                   expected=archive, without_qemu="its shell would start the host's programs", environment={"PATH": "/"})
        yield Case(LOADER, (*words, "x", *quiet, "-so", "t.7z"), {**program, "t.7z": archive}, expected=NOISE + TEXT)
    yield Case(LOADER, (*words, "t", *quiet, "t.7z"), {**program, "t.7z": archive[:-9]})
    yield Case(LOADER, (*words, "a", *quiet, "-tbzip2", "-so", "none", "text.txt"), files)


GROUPS = {function.__name__: function
          for function in (digests, compress, library, mathematics, signals, memory, files, modes, busybox, shell, seven_zip)}

FETCHED = {"busybox": ("busybox",), "shell": ("busybox",), "seven_zip": ("busybox", "7zip/7zz")}


def main():
    foldwalk, qemu, folder, group = sys.argv[1:5]
    runner = Runner(foldwalk, qemu, folder)
    for missing in (name for name in FETCHED.get(group, ()) if not pathlib.Path(folder, name).exists()):
        print(f"skipped: {folder}/{missing} is not there (scripts/test fetches Debian's busybox-static:arm64 and 7zip:arm64)")
        return SKIPPED
    complaints = []
    for case in GROUPS[group](runner):
        complaints += runner.check(case, "cycle" if group == "modes" else "functional")
    print("\n".join(complaints))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
