"""Every verb, by its name in scenario files."""

from __future__ import annotations

from harness.scenario.observation import Expect
from harness.scenario.verb import Verb
from harness.scenario.verbs import client, database, faults, imports, speed, traffic, tunnel

VERBS: dict[str, type[Verb]] = {
    kind.verb: kind
    for kind in (
        tunnel.Open,
        tunnel.Reopen,
        tunnel.OpenTogether,
        tunnel.Cycle,
        tunnel.Test,
        tunnel.Close,
        tunnel.WaitForCode,
        traffic.Echo,
        traffic.Connect,
        traffic.Knock,
        traffic.Abandon,
        traffic.Disconnect,
        traffic.Transfer,
        traffic.Download,
        traffic.Stream,
        traffic.Drain,
        traffic.Upload,
        traffic.AnswerAfterEnd,
        traffic.Dial,
        speed.Compare,
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
        faults.Forget,
        faults.Oversize,
        faults.Mtu,
        faults.Restore,
        faults.Freeze,
        faults.Thaw,
        faults.Kill,
        faults.Restart,
        faults.RotateHostKey,
        faults.RestoreHostKey,
        faults.Refuse,
        faults.Listen,
        faults.Ignore,
        faults.Attend,
        faults.RevokeKey,
        faults.RestoreKey,
        client.Sleep,
        client.Wake,
        client.ChangeAddress,
        client.Note,
        faults.Wait,
    )
}
