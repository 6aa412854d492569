"""See run, which calls this."""

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tree_sitter
import tree_sitter_rust

HERE = Path(__file__).parent
PLACE = Path(os.environ.get("MUTANTS_IN", "target/mutants")).resolve()
COPY, RESULTS = PLACE / "copy", PLACE / "results.json"
FOLDERS = ["src/domain", "src/relay", "src/ledger", "src/roster"]
# They read the code, or measure it.
LEFT_OUT = ("documents::", "layers::", "template::", "counts::", "leaks::")
# Seconds of a test that is used, seconds of tests of one binary that meet a mutant, and worlds of tests/sim.
SLOWEST, MOST, WORLDS = 10, 20, 60
# Many tests read whole rotas, and the switches have their price.
FAST = ["--config", "profile.dev.package.toban.opt-level=1", "--config", "profile.dev.package.toban.debug=false"]
PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_rust.language()))
ENV = os.environ | {"CARGO_TARGET_DIR": str(PLACE / "target")}

SUPPORT = """
use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

static CHOSEN: OnceLock<(usize, Option<String>)> = OnceLock::new();
static REACHED: [AtomicBool; 20_000] = [const { AtomicBool::new(false) }; 20_000];

pub fn on(number: usize) -> bool {
    let (chosen, seen) = CHOSEN.get_or_init(|| {
        let chosen = std::env::var("MUTANT").ok().and_then(|text| text.parse().ok());
        (chosen.unwrap_or(0), std::env::var("MUTANT_SEEN").ok())
    });
    if let Some(file) = seen && !REACHED[number].swap(true, Ordering::Relaxed) {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(file);
        let _ = file.and_then(|mut file| file.write_all(format!("{number}\\n").as_bytes()));
    }
    *chosen == number
}
"""


def copied():
    """Copies what git would commit, with tests that hand MUTANT on to the processes that they start."""
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True)
    for name in filter(os.path.isfile, names.stdout.splitlines()):
        text = Path(name).read_bytes()
        if name.startswith("tests/") and name.endswith(".rs"):
            handed = b'.env_clear().envs(std::env::vars().filter(|(name, _)| name.starts_with("MUTANT")))'
            text = text.replace(b".env_clear()", handed)
        to = COPY / name
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(text)
        to.chmod(Path(name).stat().st_mode)
    (COPY / "src/mutant.rs").write_text(SUPPORT)
    with (COPY / "src/lib.rs").open("a") as lib:
        lib.write("pub mod mutant;\n")


def outer(node, *kinds):
    while node is not None and node.type not in kinds:
        node = node.parent
    return node


def is_const(node):
    """Whether that is computed by the compiler, which knows no variable."""
    around = outer(node, "const_item", "static_item", "array_type", "function_item")
    modifiers = [child for child in around.children if child.type == "function_modifiers"] if around else []
    return around is not None and (around.type != "function_item" or any(b"const" in one.text.split() for one in modifiers))


def inserted(source, root, start, end, number, mutant):
    """(position, order, text) for what switches a mutant on; nothing for what cannot be switched."""
    node, to, on = root.descendant_for_byte_range(start, end), mutant["replacement"], f"crate::mutant::on({number})"
    whole = node.parent
    if is_const(node):
        return []
    match mutant["genre"]:
        case "FnValue":
            body = outer(node, "function_item").child_by_field_name("body")
            return [(body.start_byte + 1, (1, 0, number), f" if {on} {{ return {to}; }} ")]
        case "MatchArm":
            pattern = outer(node, "match_arm").child_by_field_name("pattern")
            guard = pattern.child_by_field_name("condition")
            if guard is None:
                return [(pattern.end_byte, (1, 0, number), f" if !{on}")]
            size = guard.end_byte - guard.start_byte
            first = (guard.start_byte, (1, -size, number), f"!{on} && (")
            return [] if "let" in guard.type else [first, (guard.end_byte, (0, size, number), ")")]
        case "MatchArmGuard":
            begin, stop, text = start, end, to
        case "StructField":
            whole = outer(node, "struct_expression")
            begin, stop = whole.start_byte, whole.end_byte
            text = source[begin:start].decode() + source[end:stop].decode().lstrip().removeprefix(",")
        case _ if whole.type in ("binary_expression", "compound_assignment_expr", "unary_expression"):
            begin, stop = whole.start_byte, whole.end_byte
            text = source[begin:start].decode() + to + source[end:stop].decode()
        case _:
            return []
    first = (begin, (1, begin - stop, number), f"(if {on} {{ ({text}) }} else {{ (")
    return [first, (stop, (0, stop - begin, number), ") })")]


def instrumented(source, mutants):
    """The file with its mutants, and where they are in it."""
    root, lines = PARSER.parse(source).root_node, source.splitlines(keepends=True)

    def offset(at):
        before = lines[at["line"] - 1].decode()[: at["column"] - 1]
        return sum(map(len, lines[: at["line"] - 1])) + len(before.encode())

    pieces = []
    for number, mutant in mutants:
        start, end = offset(mutant["span"]["start"]), offset(mutant["span"]["end"])
        pieces += inserted(source, root, start, end, number, mutant)
    out, places, at = bytearray(), [], 0
    for position, (*_, number), text in sorted(pieces):
        out += source[at:position]
        at, begun = position, len(out)
        out += text.encode()
        places.append((begun, len(out), number))
    return bytes(out + source[at:]), places


def faulty(error, places, mutants):
    """The mutants with which the compiler finds fault: where it says, or in the match or the function around that."""
    spans = [span for span in error["spans"] if span["file_name"] in places]
    spans += [span for child in error["children"] for span in child["spans"] if span["file_name"] in places]
    for is_primary in (True, False):
        hits = set()
        for span in (span for span in spans if span["is_primary"] == is_primary):
            at = places[span["file_name"]]
            hits |= {number for s, e, number in at if s < span["byte_end"] and span["byte_start"] < e}
        if hits:
            return hits
    is_match = (error["code"] or {}).get("code") == "E0004"
    kind, genre = ("match_expression", "MatchArm") if is_match else ("function_item", "FnValue")
    for span in spans:
        root = PARSER.parse((COPY / span["file_name"]).read_bytes()).root_node
        whole = outer(root.descendant_for_byte_range(span["byte_start"], span["byte_end"]), kind)
        if whole is not None:
            inside = {n for s, e, n in places[span["file_name"]] if whole.start_byte <= s and e <= whole.end_byte}
            return {number for number in inside if mutants[number]["genre"] == genre} or inside
    sys.exit(error["rendered"])


def cargo(*arguments):
    done = subprocess.run(["cargo", *arguments, "--locked", "--message-format=json"], cwd=COPY, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def built(mutants):
    """The mutants that compile, and the tests' binaries with them."""
    originals = {one["file"]: (COPY / one["file"]).read_bytes() for one in mutants.values()}
    left = dict(mutants)
    while True:
        places = {}
        for file, source in originals.items():
            text, places[file] = instrumented(source, [pair for pair in left.items() if pair[1]["file"] == file])
            (COPY / file).write_bytes(text)
        left = {number: left[number] for at in places.values() for *_, number in at}
        code, messages = cargo("check", "--lib")
        if code == 0:
            break
        errors = [one["message"] for one in messages if one.get("message", {}).get("level") == "error"]
        wrong = set().union(*(faulty(error, places, mutants) for error in errors if error["spans"]))
        print(f"{len(wrong)} mutants do not compile", flush=True)
        left = {number: mutant for number, mutant in left.items() if number not in wrong}
    code, messages = cargo("test", *FAST, "--no-run", "--lib", "--test", "it", "--test", "sim")
    found = {one["target"]["name"]: one["executable"] for one in messages if one.get("executable") and one["profile"]["test"]}
    return left, found["toban"], found["it"], found["sim"]


def ran(binary, names, seconds, **variables):
    """The tests that fail; a mutant that hangs or ends the process is found as well."""
    command = [binary, "--exact", *names, "--test-threads=2"]
    try:
        done = subprocess.run(command, cwd=COPY, env=ENV | variables, capture_output=True, timeout=seconds, text=True, errors="replace")
    except subprocess.TimeoutExpired:
        return names
    return done.returncode and (re.findall(r"^    (\S+)$", done.stdout, re.M) or names)


class Tests:
    """A binary's tests, and what each of them has found in each file: what found much in little time is tried first."""

    def __init__(self, binary):
        listed = subprocess.run([binary, "--list"], cwd=COPY, capture_output=True, text=True, check=True).stdout
        names = [name for name in re.findall(r"^(.+): test$", listed, re.M) if not name.startswith(LEFT_OUT)]
        self.binary, self.seconds, self.reaching, self.tries, self.kills = binary, {}, {}, Counter(), Counter()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(self.measure, names))

    def measure(self, name):
        seen, begun = PLACE / "seen" / re.sub(r"\W", "_", name), time.monotonic()
        seen.parent.mkdir(exist_ok=True)
        seen.write_text("")
        failed, seconds = ran(self.binary, [name], 60, MUTANT_SEEN=str(seen)), time.monotonic() - begun
        if not failed and seconds <= SLOWEST:
            self.seconds[name] = seconds
            for number in set(map(int, seen.read_text().split())):
                self.reaching.setdefault(number, []).append(name)

    def kill(self, number, file):
        """Whether one of those that reach it fails, twice: what fails once may be the machine's fault."""
        value = lambda name: (self.kills[file, name] + 0.2) / (self.tries[file, name] + 1) / (self.seconds[name] + 0.1)
        left, spent = sorted(self.reaching.get(number, []), key=value, reverse=True), 0
        while left and spent < MOST:
            chunk = [left.pop(0)]
            while left and sum(map(self.seconds.get, chunk)) < 0.5:
                chunk.append(left.pop(0))
            failed = ran(self.binary, chunk, 60, MUTANT=str(number))
            failed = failed and ran(self.binary, failed, 60, MUTANT=str(number))
            self.tries.update((file, name) for name in chunk)
            self.kills.update((file, name) for name in failed or ())
            if failed:
                return True
            spent += sum(map(self.seconds.get, chunk))
        return False


def main():
    folders = sys.argv[1:] or FOLDERS
    wanted = [word for one in folders for word in ("-f", one if one.endswith(".rs") else f"{one}/**")]
    command = ["cargo", "mutants", "--list", "--json", *wanted]
    listed = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    mutants = dict(enumerate(listed, 1))
    copied()
    left, *unit_and_it, sim = built(mutants)
    print(f"{len(mutants)} mutants, {len(left)} of them are tried", flush=True)
    name = lambda number: re.sub(r":\d+:\d+", "", mutants[number]["name"], count=1)
    done = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    survivors = [number for number in left if done.get(mutants[number]["name"]) != "killed"]

    def tried(stage, kills):
        nonlocal survivors
        left, begun = [], time.monotonic()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for at, (number, is_killed) in enumerate(zip(survivors, pool.map(kills, survivors)), 1):
                if is_killed:
                    done[mutants[number]["name"]] = "killed"
                else:
                    left.append(number)
                if at % 50 == 0 or at == len(survivors):
                    RESULTS.write_text(json.dumps(done))
                    print(f"{stage}: {at} of {len(survivors)}, {len(left)} survive, {time.monotonic() - begun:.0f} s", flush=True)
        survivors = left

    for binary in unit_and_it:
        tests = Tests(binary)
        tried(Path(binary).name, lambda number: tests.kill(number, mutants[number]["file"]))
    seeds = lambda number: (ran(sim, ["promises_hold_in_every_world"], 60, MUTANT=str(number), SIM_SEED=str(seed)) for seed in range(WORLDS))
    tried("sim", lambda number: mutants[number]["file"].startswith(("src/relay", "src/ledger")) and any(seeds(number)))
    explained = (HERE / "survivors.md").read_text()

    def is_explained(number):
        file, change = name(number).removeprefix("src/").split(": ", 1)
        return f"| `{file}` | {change.replace('|', chr(92) + '|')} |" in explained

    news = sorted({name(number) for number in survivors if not is_explained(number)})
    print("\n".join(["", *news, f"{len(news)} survive that survivors.md does not explain"]))


main()
