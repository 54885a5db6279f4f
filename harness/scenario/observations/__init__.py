"""Every observation, by its key in ``expect:``."""

from __future__ import annotations

from harness.scenario.language.observation import Observation
from harness.scenario.observations import claims, endpoint, login, outside, resources, servers, wire

OBSERVATIONS: dict[str, type[Observation]] = {
    kind.key: kind
    for kind in (
        outside.Connections,
        outside.Listens,
        endpoint.Endpoint,
        outside.LocalPort,
        outside.Stored,
        outside.LookedUp,
        outside.DecoyTouched,
        resources.Lingering,
        resources.ProcessorTime,
        resources.Grown,
        wire.KeepAliveSeen,
        wire.Probes,
        wire.Unanswered,
        wire.Quiet,
        wire.Gaps,
        servers.Credentials,
        servers.CredentialsShown,
        servers.Connected,
        servers.Sessions,
        servers.SessionChannels,
        servers.Attempts,
        servers.Reached,
        servers.AliveAnswered,
        servers.Forwarded,
        servers.Bypassed,
        servers.Rekeying,
        servers.Rekeyed,
        login.Prompted,
        login.BannerShown,
        login.UserAsked,
        login.Signatures,
        login.Answered,
        login.CodeLeft,
        claims.Claimed,
        claims.Told,
        claims.Error,
        claims.SamePort,
        claims.Asked,
        claims.Secrets,
    )
}
