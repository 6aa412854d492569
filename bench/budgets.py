"""What is asked of toban, and whether it holds (DESIGN.md, Budgets)."""
import zlib

from results import delays, part

DELAY_MS = 50
FUNCTIONS = ["webhook", "worker", "reminder", "tick"]
# For each of toban's variants: the most of the baseline's CPU time, the peers that do the same with the part of the
# leanest one's CPU time, and the delays of a cold start.
ASKED = {
    "toban": (3, ["node-lean", "python-lean"], 2, 3),
    "toban-front": (5, ["node-front", "python-front"], 3, 2),
    "toban-worker": (16, ["node-worker", "python-worker"], 3, 5),
}
REST_MS = 15


def budgets(results, webhook, zones_known):
    """Rows of (what, measured, limit, whether it holds); the last is None where nothing was measured."""
    rows = []

    def at_most(what, key, name, other, limit, unit, scale=1.0):
        if not (results.has(name) and results.has(other)):
            rows.append((f"{what}, {name}", "-", "nothing to compare with ran", None))
            return
        ratio = results.ratio(key, name, other)
        limit_words = f"{limit:g}x" if limit >= 1 else f"1/{1 / limit:g}"
        measured = f"{results.median(name, key) * scale:.2f} {unit}, {part(ratio)}"
        rows.append((f"{what}, {name}", measured, f"at most {limit_words} {other}", ratio <= limit))

    for name in ASKED:
        at_most("cold", "cold_ms", name, "baseline", 3, "ms")
    for name, (of_baseline, peers, part_of_peer, _) in ASKED.items():
        at_most("CPU of a warm event", "cpu_warm_us", name, "baseline", of_baseline, "µs")
        leanest = min((peer for peer in peers if results.has(peer)), default=peers[0], key=lambda peer: results.median(peer, "cpu_warm_us"))
        at_most("CPU of a warm event", "cpu_warm_us", name, leanest, 1 / part_of_peer, "µs")
    rows += ledger(results)
    if results.has("toban-presses"):
        # Slack waits three seconds, on the way there and back too.
        cold = results.median("toban-presses", "cold_ms", DELAY_MS)
        rows.append(("cold, over a network, a press in Slack", f"{cold:.0f} ms", "at most 2000 ms", cold <= 2000))
    for name, (*_, most) in ASKED.items():
        if results.has(name, DELAY_MS):
            cold = results.median(name, "cold_ms", DELAY_MS)
            rows.append((f"cold over a network, {name}", delays(results, name, DELAY_MS), f"at most {most} delays + {REST_MS} ms",
                         cold <= most * DELAY_MS + REST_MS))
    # With queue and ledger in use: the webhook that posts by itself keeps its ledger in its own memory.
    for name in ["toban-front", "toban-worker"]:
        at_most("peak memory", "rss_peak_kib", name, "baseline", 3, "MiB", 1 / 1024)
    for binary in dict.fromkeys([webhook, *(webhook.parent / name for name in FUNCTIONS)]):
        if binary.is_file():
            zipped = len(zlib.compress(binary.read_bytes(), 9)) / 2**20
            rows.append((f"`{binary.name}`, zipped", f"{zipped:.2f} MiB", "at most 3.5 MiB", zipped <= 3.5))
    right = [zone for zone, known in zones_known.items() if known]
    rows.append(("time zones, far apart", ", ".join(right) or "none", f"all {len(zones_known)}", len(right) == len(zones_known)))
    return rows


def ledger(results):
    """Calls of the ledger for one event; round trips can be told only over a network."""
    rows = []
    for what, key, delay_ms, most in [
        ("calls of the ledger, an event", "ledger_calls_per_event", 0, 3),
        ("its round trips before the post", "ledger_trips_before", DELAY_MS, 1),
        ("its round trips after the post", "ledger_trips_after", DELAY_MS, 1),
    ]:
        if results.has("toban-worker", delay_ms):
            count = results.median("toban-worker", key, delay_ms)
            rows.append((f"{what}, toban-worker", f"{count:g}", f"at most {most}", count <= most))
    return rows
