"""What the receiver counts and times for Prometheus; one registry for each app, no personal data in any label."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

STAGES = ("open", "check", "lookup", "merge", "store", "transaction")


class Metrics:
    """The counters of one receiver."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.frames = Counter("mzdesk_frames_total", "Frames by outcome", ["outcome"], registry=self.registry)
        self.operations = Counter("mzdesk_operations_total", "Operations received", registry=self.registry)
        self.bytes = Counter("mzdesk_frame_bytes_total", "Bytes of frames received", registry=self.registry)
        self.stage = Histogram("mzdesk_stage_seconds", "Time of each stage of a batch", ["stage"], registry=self.registry)
        self.limited = Counter("mzdesk_rate_limited_total", "Requests put off", registry=self.registry)
        self.devices = Gauge("mzdesk_active_devices", "Laptops that may send", registry=self.registry)

    def time_stage(self, stage: str, seconds: float) -> None:
        """Record how long a stage of a batch took."""
        self.stage.labels(stage).observe(seconds)

    def render(self) -> bytes:
        """Return the text exposition."""
        return generate_latest(self.registry)
