"""What this process tells Prometheus about sockets, messages and the writer."""

from prometheus_client import Counter, Gauge, Histogram

SOCKETS = Gauge(
    "gofly_sockets", "Open sockets by kind.", ["kind"], multiprocess_mode="livesum"
)  # fmt: skip
MESSAGES = Counter("gofly_messages", "Stored rows by the kind of their sender.", ["sender"])
FRAMES = Counter("gofly_frames", "Frames by direction.", ["direction"])
ACK_SECONDS = Histogram(
    "gofly_ack_seconds",
    "From a send frame's arrival to its ack, commit included.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
WRITER_BATCH = Histogram(
    "gofly_writer_batch", "Drafts in one commit.", buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256)
)
CLOSES = Counter("gofly_socket_closes", "Sockets closed by us, by close code.", ["code"])
OUTBOX_LAG_SECONDS = Gauge(
    "gofly_outbox_lag_seconds",
    "Age of the oldest event that some reader has not passed.",
    multiprocess_mode="max",
)
