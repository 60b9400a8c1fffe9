"""What came of many attempts, counted by kind."""

from collections import Counter, defaultdict

TITLES = {"inputs": 9, "labelled": 10, "refused": 9, "faults": 8, "slowest, s": 12, "most memory, MB": 17}


class Table:
    """What came of each kind, counted."""

    def __init__(self):
        self.fates, self.faults, self.said = defaultdict(Counter), Counter(), Counter()
        self.slowest, self.largest = defaultdict(float), defaultdict(float)

    def add(self, outcome):
        """One more."""
        kind = outcome.kind
        self.fates[kind][outcome.fate] += 1
        self.fates[kind]["faulty"] += bool(outcome.faults)
        self.faults.update((kind, fault) for fault in outcome.faults)
        self.said.update((kind, said) for said in outcome.said)
        self.slowest[kind] = max(self.slowest[kind], outcome.seconds)
        self.largest[kind] = max(self.largest[kind], outcome.peak)

    @property
    def inputs(self):
        """How many there were."""
        return sum(sum(fates.values()) - fates["faulty"] for fates in self.fates.values())

    def show(self, kinds):
        """Print a line for each of the kinds that occurred, and what was found."""
        print(f"{'kind':18}" + "".join(f"{title:>{width}}" for title, width in TITLES.items()))
        for kind in filter(self.fates.get, kinds):
            fates = self.fates[kind]
            inputs = sum(fates.values()) - fates["faulty"]
            counts = f"{inputs:>9}{fates['labelled']:>10}{fates['refused']:>9}{fates['faulty']:>8}"
            print(f"{kind:18}{counts}{self.slowest[kind]:>12.2f}{self.largest[kind]:>17.0f}")
        for title, found in (("fault", self.faults), ("other than the source, and said so", self.said)):
            for (kind, what), count in sorted(found.items()):
                print(f"{title}: {kind}: {what} ({count} inputs)")
