"""Builds and installs what the bench runs: harness, baseline, toban and the peers."""
import hashlib
import shutil
import subprocess
import sys
from collections import namedtuple

from paths import CACHE, HERE, TARGET, say

# Name, folder and command, and what it is to the harness: "bare", "inline", "front", "presses" or "worker".
Variant = namedtuple("Variant", "name folder words role")

NODE = ["node-lean", "node-usual", "node-front", "node-worker"]
PYTHON = ["python-lean", "python-usual", "python-front", "python-worker"]
TOBAN = ["toban", "toban-front", "toban-worker", "toban-presses"]


def role(name):
    """What a variant is to the harness, by its name."""
    last = name.rpartition("-")[2]
    return {"baseline": "bare", "front": "front", "worker": "worker", "presses": "presses"}.get(last, "inline")


def command(*words, cwd=None):
    """Runs a command, shows its end when it fails, and says whether it worked."""
    say("$ " + " ".join(str(word) for word in words))
    done = subprocess.run(words, cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        say("\n".join(done.stdout.splitlines()[-25:]))
    return done.returncode == 0


def build(package):
    manifest = HERE / package / "Cargo.toml"
    return command("cargo", "build", "--release", "--locked", "--manifest-path", manifest, "--target-dir", TARGET)


def build_toban():
    """The webhook, with the other functions next to it."""
    say("toban itself, with optimization: minutes")
    target = HERE.parent / "target"
    # As `sam build` builds them.
    as_deployed = ("cargo", "build", "--release", "--locked", "--no-default-features", "--bins")
    if not command(*as_deployed, "--target-dir", target, cwd=HERE.parent):
        sys.exit("toban does not build")
    return target / "release/webhook"


def install(language, version, lock, steps):
    """Copies the peers of a language into the cache and installs what they need there, unless that is done."""
    folder = CACHE / language
    folder.mkdir(parents=True, exist_ok=True)
    for file in (HERE / "peers" / language).iterdir():
        if file.is_file():
            shutil.copy2(file, folder)
    wanted = hashlib.sha256(version.encode() + (folder / lock).read_bytes()).hexdigest()
    done = folder / ".installed"
    if done.exists() and done.read_text() == wanted:
        return True
    if all(command(*step, cwd=folder) for step in steps):
        done.write_text(wanted)
        return True
    return False


def version_of(program):
    try:
        return subprocess.run([program, "--version"], capture_output=True, text=True).stdout.strip()
    except OSError:
        return "not found"


def variants(webhook, planned):
    """Everything planned that can run, and the names of what could not be prepared."""
    commands = {}
    if webhook:
        worker = webhook.parent / "worker"
        commands |= {"toban": (HERE, [webhook]), "toban-front": (HERE, [webhook]), "toban-presses": (HERE, [webhook])}
        if worker.is_file():
            commands["toban-worker"] = (HERE, [worker])
    if build("baseline"):
        commands["baseline"] = (HERE, [TARGET / "release/baseline"])
    steps = [("npm", "ci", "--no-audit", "--no-fund")]
    if any(name in planned for name in NODE) and install("node", version_of("node"), "package-lock.json", steps):
        node = [shutil.which("node"), "node_modules/aws-lambda-ric/bin/index.mjs"]
        commands |= {name: (CACHE / "node", [*node, name.removeprefix("node-") + ".handler"]) for name in NODE}
    pip = (".venv/bin/python", "-m", "pip", "install", "--quiet", "-r", "requirements.txt")
    steps = [(sys.executable, "-m", "venv", "--clear", ".venv"), pip]
    if any(name in planned for name in PYTHON) and install("python", sys.version, "requirements.txt", steps):
        python = [CACHE / "python/.venv/bin/python", "-m", "awslambdaric"]
        commands |= {name: (CACHE / "python", [*python, name.removeprefix("python-") + ".handler"]) for name in PYTHON}
    found = [Variant(name, commands[name][0], [str(word) for word in commands[name][1]], role(name)) for name in planned if name in commands]
    return found, [name for name in planned if name not in commands]
