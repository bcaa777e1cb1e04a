"""Gathers figures, prints them as ratios to the floor, and says which are over their limit."""

from collections.abc import Mapping

from bench.servers import Sample


class Table:
    """Rows: what was measured, on which server, against the floor of the same run."""

    def __init__(self) -> None:
        self.floor: dict[str, Sample] = {}
        self.lines: list[str] = []
        self.over: list[str] = []

    def add(self, server: str, what: str, sample: Sample, limits: Mapping[str, float]) -> None:
        """Note a sample; the floor's comes first."""
        line = f"{what:<52} {server:<9} {sample.wall_s * 1000:>9.1f} ms  cpu {sample.cpu_s * 1000:>8.1f} ms"
        if server == "floor":
            self.floor[what] = sample
        base = self.floor.get(what) or next(
            (s for w, s in self.floor.items() if w.split(",")[0] == what.split(",")[0]), None
        )
        if server != "floor" and base:
            ratio = sample.wall_s / base.wall_s
            cpu = sample.cpu_s / base.cpu_s if base.cpu_s else 0.0
            limit = limits.get(server, 0)
            line += f"   {ratio:>6.2f} × floor (cpu {cpu:.2f} ×)" + (f"   limit {limit:g} ×" if limit else "")
            if limit and ratio > limit:
                line += "   OVER"
                self.over.append(f"{server}: {what}: {ratio:.2f} × > {limit:g} ×")
        self._say(line)

    def figure(self, server: str, what: str, text: str) -> None:
        """Note a figure without a floor."""
        self._say(f"{what:<52} {server:<9} {text}")

    def check(self, what: str, value: float, limit: float, unit: str) -> None:
        """Note a figure with an own limit."""
        is_over = value > limit
        self._say(
            f"{what:<52} {'app':<9} {value:>9.1f} {unit}   limit {limit:g} {unit}" + ("   OVER" if is_over else "")
        )
        if is_over:
            self.over.append(f"{what}: {value:.1f} {unit} > {limit:g} {unit}")

    def where_time_goes(self, server: str, shares: Mapping[str, float]) -> None:
        """Note the parts of a push."""
        self._say(
            "   where the time of a push goes: " + ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
        )

    def _say(self, line: str) -> None:
        self.lines.append(line)
        print(line, flush=True)

    def verdict(self) -> int:
        """Print what is over its limit; return the exit code."""
        print("\n" + ("\n".join(["over the limit:", *self.over]) if self.over else "every figure is within its limit"))
        return 1 if self.over else 0
