"""The stages between the click on *Run* and the run's first message, in the order in which they come."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Codes in the files of traces; `MEANINGS` has the words."""

    RECEIVED = "received"
    BOUND = "bound"
    COMMITTED = "committed"
    ANSWERED = "answered"
    WATCHED = "watched"
    WORKER_WOKEN = "worker_woken"
    CLAIMED = "claimed"
    JOB_BUILT = "job_built"
    LAUNCHED = "launched"
    JOB_RECEIVED = "job_received"
    PREPARED = "prepared"
    KERNEL_READY = "kernel_ready"
    CELL_STARTED = "cell_started"
    SAID = "said"
    JOURNALED = "journaled"
    NEWS_HEARD = "news_heard"
    RECORDED = "recorded"
    OBSERVERS_TOLD = "observers_told"
    WEB_WOKEN = "web_woken"
    CHUNK_READ = "chunk_read"
    EMITTED = "emitted"


MEANINGS = {
    Stage.RECEIVED: "web: request received",
    Stage.BOUND: "web: parameters bound",
    Stage.COMMITTED: "web: run committed",
    Stage.ANSWERED: "web: answer made",
    Stage.WATCHED: "web: client watches the run",
    Stage.WORKER_WOKEN: "worker: woken",
    Stage.CLAIMED: "worker: run claimed",
    Stage.JOB_BUILT: "worker: job built",
    Stage.LAUNCHED: "worker: runner leased or started",
    Stage.JOB_RECEIVED: "runner: job received",
    Stage.PREPARED: "runner: notebook prepared",
    Stage.KERNEL_READY: "runner: kernel ready",
    Stage.CELL_STARTED: "runner: first cell started",
    Stage.SAID: "runner: first message heard",
    Stage.JOURNALED: "runner: message in the journal",
    Stage.NEWS_HEARD: "worker: woken by the journal",
    Stage.RECORDED: "worker: chunk committed",
    Stage.OBSERVERS_TOLD: "worker: observers told",
    Stage.WEB_WOKEN: "web: woken by the worker",
    Stage.CHUNK_READ: "web: chunk read",
    Stage.EMITTED: "web: message emitted",
}
