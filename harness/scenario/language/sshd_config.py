"""Keywords of sshd_config(5) as a user writes them into a file, and whether their values can be any."""

from __future__ import annotations

import difflib
import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from harness.text.harmless import harmless_line

_KEYWORDS = """
AcceptEnv AddressFamily AllowAgentForwarding AllowGroups AllowStreamLocalForwarding AllowTcpForwarding AllowUsers
AuthenticationMethods AuthorizedKeysCommand AuthorizedKeysCommandUser AuthorizedKeysFile AuthorizedPrincipalsCommand
AuthorizedPrincipalsCommandUser AuthorizedPrincipalsFile Banner CASignatureAlgorithms ChallengeResponseAuthentication
ChannelTimeout ChrootDirectory Ciphers ClientAliveCountMax ClientAliveInterval Compression DenyGroups DenyUsers
DisableForwarding ExposeAuthInfo FingerprintHash ForceCommand GatewayPorts GSSAPIAuthentication
GSSAPICleanupCredentials GSSAPIStrictAcceptorCheck HostbasedAcceptedAlgorithms HostbasedAuthentication
HostbasedUsesNameFromPacketOnly HostCertificate HostKey HostKeyAgent HostKeyAlgorithms IgnoreRhosts
IgnoreUserKnownHosts IPQoS KbdInteractiveAuthentication KerberosAuthentication KerberosGetAFSToken
KerberosOrLocalPasswd KerberosTicketCleanup KexAlgorithms ListenAddress LoginGraceTime LogLevel LogVerbose MACs
MaxAuthTries MaxSessions MaxStartups ModuliFile PasswordAuthentication PermitEmptyPasswords PermitListen PermitOpen
PermitRootLogin PermitTTY PermitTunnel PermitUserEnvironment PermitUserRC PerSourceMaxStartups PerSourceNetBlockSize
PerSourcePenalties PerSourcePenaltyExemptList PidFile Port PrintLastLog PrintMotd PubkeyAcceptedAlgorithms
PubkeyAuthentication PubkeyAuthOptions RDomain RefuseConnection RekeyLimit RequiredRSASize RevokedKeys
SecurityKeyProvider SetEnv SshdAuthPath SshdSessionPath StreamLocalBindMask StreamLocalBindUnlink StrictModes Subsystem
SyslogFacility TCPKeepAlive TrustedUserCAKeys UnusedConnectionTimeout UseDNS UsePAM VersionAddendum X11DisplayOffset
X11Forwarding X11UseLocalhost XAuthLocation
"""
"""Those of OpenSSH 10.2, without the ones that begin or include a block."""
_KNOWN = {name.lower(): name for name in _KEYWORDS.split()}
_LONGEST = 2000

_TIME = r"(\d{1,9}[smhdwSMHDW]?){1,9}"
_NUMBER = r"\d{1,9}"
_ALGORITHMS = r"[-+^]?[\w@.*?-]+(,[\w@.*?-]+)*"
_METHOD = r"(none|publickey|password|hostbased|gssapi-with-mic|keyboard-interactive(:\w+)?)"
_SWITCHES = """
AllowAgentForwarding DisableForwarding ExposeAuthInfo HostbasedAuthentication IgnoreUserKnownHosts
KbdInteractiveAuthentication PasswordAuthentication PermitEmptyPasswords PermitTTY PermitUserRC PrintLastLog PrintMotd
PubkeyAuthentication StreamLocalBindUnlink StrictModes TCPKeepAlive UseDNS UsePAM X11Forwarding X11UseLocalhost
"""
_FORMS_OF = {
    _SWITCHES: ("yes|no", "yes or no"),
    "AllowTcpForwarding AllowStreamLocalForwarding": ("yes|no|all|local|remote", "yes, no, all, local or remote"),
    "Compression": ("yes|delayed|no", "yes, delayed or no"),
    "ClientAliveInterval LoginGraceTime": (_TIME, "a time, such as 30 or 5m"),
    "UnusedConnectionTimeout": (f"none|{_TIME}", "none, or a time such as 30 or 5m"),
    "ClientAliveCountMax MaxAuthTries MaxSessions Port RequiredRSASize X11DisplayOffset": (_NUMBER, "a number"),
    "MaxStartups": (rf"0*[1-9]\d{{0,8}}(:(\d\d?|100):{_NUMBER})?", "a number, or start:rate:full, such as 10:30:100"),
    "RekeyLimit": (rf"(default|{_NUMBER}[KMG]?)( (none|{_TIME}))?", "a size, and maybe a time, such as 1G 1h"),
    "ChannelTimeout": (
        rf"none|[\w@.*-]+={_TIME}( [\w@.*-]+={_TIME})*",
        "none, or types and times such as direct-tcpip=5m",
    ),
    "CASignatureAlgorithms Ciphers HostbasedAcceptedAlgorithms HostKeyAlgorithms KexAlgorithms MACs "
    "PubkeyAcceptedAlgorithms": (_ALGORITHMS, "names, separated by commas without spaces"),
    "AuthenticationMethods": (
        rf"any|{_METHOD}(,{_METHOD})*( {_METHOD}(,{_METHOD})*)*",
        "any, or methods such as publickey,password",
    ),
}
"""How the values of keywords look, and how that is told. Those of others are one line of text."""
_FORMS = {name: form for names, form in _FORMS_OF.items() for name in names.split()}


def keyword(name: str) -> str:
    """Return ``name``, which is a keyword in any case. Raises ValueError, with the one that it may stand for."""
    if name.lower() in _KNOWN:
        return name
    near = difflib.get_close_matches(name[:40].lower(), _KNOWN, n=1)
    hint = f"; {_KNOWN[near[0]]} is one" if near else ""
    raise ValueError(f"{name[:40]!r} is not a keyword of sshd_config(5){hint}")


def checked(keywords: dict[str, str]) -> dict[str, str]:
    """Return ``keywords``. Raises ValueError for one that is there twice, and for a value that sshd would not take."""
    seen: dict[str, str] = {}
    for name, value in keywords.items():
        known = _KNOWN[name.lower()]
        if known in seen:
            raise ValueError(f"{seen[known]} and {name} are the same keyword; write it once")
        seen[known] = name
        check(known, value)
    return keywords


def check(name: str, value: str) -> None:
    """Raise ValueError where ``value`` cannot be one of the keyword ``name``, as sshd_config(5) spells it."""
    if len(value) > _LONGEST or harmless_line(value) != value or not value.strip():
        raise ValueError(f"{name} {_shown(value)}: write one line of text, of {_LONGEST} characters at most")
    pattern, told = _FORMS.get(name, (None, ""))
    if pattern is not None and not re.fullmatch(pattern, value):
        raise ValueError(f"{name} {_shown(value)}: write {told}")


def methods(text: str) -> str:
    """Return ``text``, a value of AuthenticationMethods. Raises ValueError."""
    check("AuthenticationMethods", text)
    return text


def _shown(value: str) -> str:
    return repr(value if len(value) <= 40 else f"{value[:40]}…")


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Keywords = Annotated[
    dict[
        Annotated[str, AfterValidator(keyword)],
        Annotated[str, BeforeValidator(_as_text), WithJsonSchema({"type": ["string", "integer"]})],
    ],
    AfterValidator(checked),
]
"""Keywords of sshd_config(5) and their values."""
