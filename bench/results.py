"""The figures of all runs, and how they are written."""
from statistics import median, quantiles


class Results:
    """The good runs, by variant and by the delay of the fakes."""

    def __init__(self, runs):
        self.rounds = {}
        for one in runs:
            if one["ok"]:
                self.rounds.setdefault((one["name"], one["delay_ms"]), {})[one["round"]] = one

    def has(self, name, delay_ms=0):
        return (name, delay_ms) in self.rounds

    def count(self, name):
        return len(self.rounds[name, 0])

    def values(self, name, key, delay_ms=0):
        return [one[key] for one in self.rounds[name, delay_ms].values()]

    def median(self, name, key, delay_ms=0):
        return median(self.values(name, key, delay_ms))

    def ratio(self, key, name, other):
        """The median of each round's ratio: a machine that slows down for a while does so for both."""
        ours, theirs = self.rounds[name, 0], self.rounds[other, 0]
        return median([ours[n][key] / theirs[n][key] for n in ours if n in theirs] or [float("nan")])


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def spread(values, digits):
    """The median, and the quartiles where there are enough values to have any."""
    low, _, high = quantiles(values, n=4, method="inclusive") if len(values) > 1 else (values[0],) * 3
    return f"{median(values):.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def part(ratio):
    """A ratio as a multiple or a fraction."""
    return f"{ratio:.2f}x" if ratio >= 1 else f"1/{1 / ratio:.1f}"


def delays(results, name, delay_ms):
    """A cold start over a network: the calls that waited for each other, and the rest of the time."""
    trips, cold = results.median(name, "cold_trips", delay_ms), results.median(name, "cold_ms", delay_ms)
    return f"{trips:g} delays + {cold - trips * delay_ms:.1f} ms"


KEYS = [("cold", "cold_ms"), ("CPU", "cpu_warm_us"), ("warm", "p50_us"), ("peak memory", "rss_peak_kib")]


def figures(results, names, rounds):
    """One row for each variant."""
    rows = []
    for name in names:
        if not results.has(name):
            rows.append([name, f"0/{rounds}"] + ["-"] * 9)
            continue
        ledger = results.median(name, "ledger_calls_per_event")
        rows.append([
            name, f"{results.count(name)}/{rounds}", f"{results.median(name, 'init_ms'):.2f}", spread(results.values(name, "cold_ms"), 2),
            spread(results.values(name, "cpu_warm_us"), 0), spread(results.values(name, "p50_us"), 0),
            f"{results.median(name, 'p95_us'):.0f}", f"{results.median(name, 'rss_peak_kib') / 1024:.1f}",
            f"{results.median(name, 'warm_calls_per_event'):.2f}", f"{ledger:.2f}" if ledger else "-",
            f"{sum(results.values(name, 'incidents'))}/{sum(results.values(name, 'events'))}" if name != "baseline" else "-"])
    head = ["variant", "runs good", "init ms", "**cold ms**", "**CPU µs an event**", "warm µs", "p95 µs", "**peak MiB**",
            "calls an event", "of these to the ledger", "incidents told"]
    return table(head, rows)


def against(results, title, pairs):
    """The ratios of pairs of variants, each with what its row is called."""
    rows = [[title_of, *(part(results.ratio(key, name, other)) for _, key in KEYS)]
            for title_of, name, other in pairs if results.has(name) and results.has(other)]
    return table([title, *(title for title, _ in KEYS)], rows) if rows else ""


def over_a_network(results, names, delay_ms):
    """Cold start to the post, and the ledger's round trips, when every fake takes its time."""
    rows = []
    for name in names:
        if results.has(name, delay_ms):
            has_ledger = results.median(name, "ledger_calls_per_event", delay_ms) > 0
            trips = [results.median(name, f"ledger_trips_{when}", delay_ms) for when in ("before", "after")]
            rows.append([name, f"{results.median(name, 'cold_ms', delay_ms):.1f}", delays(results, name, delay_ms), *(f"{trip:g}" if has_ledger else "-" for trip in trips)])
    head = [f"every answer after {delay_ms} ms", "**cold ms**", "of these", "ledger's round trips before the post", "after it"]
    return table(head, rows) if rows else ""
