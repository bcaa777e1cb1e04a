"""Gathers figures, prints them as ratios to the floor, and says which are over their limit."""

from collections.abc import Mapping

from bench.servers import Sample


class Table:
    """Rows: what was measured, on which server, against the floor of the same run."""

    def __init__(self) -> None:
        self.over: list[str] = []

    def ratio(self, server: str, what: str, floor: Sample, sample: Sample, limit: float | None) -> None:
        """Note a sample against the floor's."""
        ratio = sample.wall_s / floor.wall_s
        cpu = f"{sample.cpu_s / floor.cpu_s:.2f} ×" if floor.cpu_s else "not measurable"
        line = (
            f"{what:<50} {server:<9} {sample.wall_s * 1000:>8.1f} ms (floor {floor.wall_s * 1000:.1f})"
            f"   {ratio:>5.2f} × floor, cpu {cpu}" + (f"   limit {limit:g} ×" if limit else "")
        )
        self._say(line + self._judge(f"{server}: {what}", ratio, limit, "×"))

    def figure(self, server: str, what: str, text: str) -> None:
        """Note a figure without a limit."""
        self._say(f"{what:<50} {server:<9} {text}")

    def check(self, what: str, value: float, limit: float, unit: str, server: str = "sqlite") -> None:
        """Note a figure with an own limit."""
        line = f"{what:<50} {server:<9} {value:>8.2f} {unit}   limit {limit:g} {unit}"
        self._say(line + self._judge(what, value, limit, unit))

    def where_time_goes(self, shares: Mapping[str, float]) -> None:
        """Note the parts of a push."""
        parts = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
        self._say("   where the time of a push goes: " + parts)

    def _judge(self, what: str, value: float, limit: float | None, unit: str) -> str:
        if limit is None or value <= limit:
            return ""
        self.over.append(f"{what}: {value:.2f} {unit}, limit {limit:g} {unit}")
        return "   OVER"

    def _say(self, line: str) -> None:
        print(line, flush=True)

    def verdict(self) -> int:
        """Print what is over its limit; return the exit code."""
        print("\n" + ("\n".join(["over the limit:", *self.over]) if self.over else "every figure is within its limit"))
        return 1 if self.over else 0
