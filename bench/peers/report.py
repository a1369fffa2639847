"""What the comparison prints, and the Markdown it writes."""
import dataclasses
import statistics

PEERS = ["ort", "torch"]
TOLERANCE = 1e-3  # of the largest output
HEADER = f"{'network':<20} {'item':>10} {'batch':>5} {'threads':>7} {'fovea ms':>10} {'ort ms':>10} {'torch ms':>10} {'peer/fovea':>10}  {'difference':>10}"


@dataclasses.dataclass
class Row:
    """A network at one batch size and number of threads: median milliseconds by engine, empty where only outputs were compared."""
    network: str
    item: str
    batch: int
    threads: int
    ms: dict
    difference: float

    @property
    def ratio(self):
        return min(self.ms[peer] for peer in PEERS) / self.ms["fovea"]

    def __str__(self):
        times = [f"{self.ms[engine]:.3f}" for engine in ("fovea", *PEERS)] + [f"{self.ratio:.3f}"] if self.ms else ["-"] * 4
        return f"{self.network:<20} {self.item:>10} {self.batch:>5} {self.threads:>7} " + " ".join(f"{t:>10}" for t in times) + f"  {self.difference:>10.1e}"


def agrees(difference):
    return difference <= TOLERANCE  # not so where it is not a number


def summary(rows):
    timed = [row.ratio for row in rows if row.ms]
    if not timed:
        return "nothing was timed"
    return f"geometric mean {statistics.geometric_mean(timed):.3f}, worst {min(timed):.3f}, Fovea ahead in {sum(r > 1 for r in timed)} of {len(timed)}"


def complaints(rows, failures):
    """What went wrong, a line each."""
    wrong = {row.network: row.difference for row in rows if not agrees(row.difference)}
    return [f"{network}: outputs differ by {difference:.1e} of the largest, more than {TOLERANCE}" for network, difference in wrong.items()] + \
        [f"{network}: {reason}" for network, reason in failures.items()]


def markdown(rows, failures):
    """A table for each batch size and number of threads, with the largest ratio first, and what is not in them."""
    lines = []
    for batch, threads in dict.fromkeys((row.batch, row.threads) for row in rows if row.ms):
        table = sorted((row for row in rows if row.ms and (row.batch, row.threads) == (batch, threads)), key=lambda row: -row.ratio)
        lines += [f"| network, batch {batch}, {threads} thread{'s' if threads > 1 else ''} | item | Fovea ms | ONNX Runtime ms | PyTorch ms | ratio |", "|---|---|--:|--:|--:|--:|"]
        lines += [f"| {row.network} | {row.item} | " + " | ".join(milliseconds(row.ms[e]) for e in ("fovea", *PEERS)) + f" | {row.ratio:.2f} |" for row in table]
        lines += ["", f"Fastest peer / Fovea: {summary(table)}.", ""]
    agreeing = [row.difference for row in rows if agrees(row.difference)]
    if agreeing:
        lines += [f"Largest difference of any two engines' outputs: {max(agreeing):.1e} of the largest output.", ""]
    return "\n".join(lines + [f"* {complaint}" for complaint in complaints(rows, failures)]).rstrip() + "\n"


def milliseconds(ms):
    """One decimal, and for small times as many as make three figures."""
    return f"{ms:.{1 if ms >= 10 else 2 if ms >= 1 else 3}f}"
