"""Every verb, by its name in scenario files."""

from __future__ import annotations

from harness.scenario.observation import Expect
from harness.scenario.verb import Verb
from harness.scenario.verbs import database, faults, imports, traffic, tunnel

VERBS: dict[str, type[Verb]] = {
    kind.verb: kind
    for kind in (
        tunnel.Open,
        tunnel.Test,
        tunnel.Close,
        tunnel.WaitForCode,
        traffic.Echo,
        traffic.Connect,
        traffic.Disconnect,
        traffic.Transfer,
        traffic.Download,
        traffic.Upload,
        traffic.AnswerAfterEnd,
        traffic.Dial,
        database.Query,
        imports.ImportUrl,
        imports.ImportConfig,
        Expect,
        faults.Cut,
        faults.Mend,
        faults.Stall,
        faults.Resume,
        faults.Reset,
        faults.Latency,
        faults.Bandwidth,
        faults.Slice,
        faults.Limit,
        faults.Swallow,
        faults.Lose,
        faults.Restore,
        faults.Freeze,
        faults.Thaw,
        faults.Kill,
        faults.Restart,
        faults.RotateHostKey,
        faults.RestoreHostKey,
        faults.Refuse,
        faults.Listen,
        faults.Wait,
    )
}
