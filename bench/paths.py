"""Where things are, and how the bench tells its progress."""
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "toban-bench"
TARGET = CACHE / "target"


def say(text):
    print(text, file=sys.stderr, flush=True)
