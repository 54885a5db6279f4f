"""The keywords of ssh_config(5), and what arguments ssh(1) accepts for them (OpenSSH 9.2, and what came up to 10.2)."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from tunnel_impl.imports.ssh_config.jumps import stops
from tunnel_impl.imports.ssh_config.ports import port_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tunnel_impl.imports.ssh_config.words import Directive

_TIME = re.compile(r"(?:\d+[smhdw]?)+", re.IGNORECASE)
_WORD_OF_LETTERS = re.compile(r"[A-Za-z]{1,40}")
_PARTS = 2
_YES_OR_NO = ("yes", "no", "true", "false")


def _anything(directive: Directive) -> None:
    del directive


def _word(directive: Directive) -> None:
    directive.word()


def _words(directive: Directive) -> None:
    if not all(directive.words()):
        raise directive.error("an argument is empty; fill it in, or remove it")


def _perhaps_words(directive: Directive) -> None:
    """Check a list; ssh takes one in which only a comment stands."""
    if not all(directive.split()):
        raise directive.error("an argument is empty; fill it in, or remove it")


def _files(directive: Directive) -> None:
    """Check names of files, or ``none`` in their place."""
    _perhaps_words(directive)
    words = [word.lower() for word in directive.split()]
    if "none" in words and len(words) > 1:
        raise directive.error("none must stand alone; remove it, or the others")


def _assignments(directive: Directive) -> None:
    if not all("=" in word for word in directive.split()):
        raise directive.error("its argument is not an assignment; write NAME=value")


def _patterns(directive: Directive) -> None:
    """Check patterns; ssh takes none for a block that never applies."""
    if not all(directive.split()):
        raise directive.error("a pattern is empty; fill it in, or remove it")


def _one_of(*choices: str) -> Callable[[Directive], object]:
    def check(directive: Directive) -> None:
        if directive.word().lower() not in choices:
            raise directive.error(f"its argument is not one of {', '.join(choices)}; choose one of these")

    return check


def _number(least: int) -> Callable[[Directive], object]:
    def check(directive: Directive) -> None:
        word = directive.word()
        if not re.fullmatch(r"[+-]?\d{1,10}", word) or int(word) < least:
            raise directive.error(f"its argument is not a number of at least {least}; write one")

    return check


def port_number(directive: Directive) -> int:
    """Return the port that the directive names, by number or by the service's name. Raises TunnelError."""
    port = port_of(directive.word())
    if port is None:
        raise directive.error("its argument is not a port; write a number from 1 up to 65535, or a service's name")
    return port


def _forwarding(directive: Directive) -> None:
    """Check ``[bind:]port host:port``, either of which may be a socket's path; -R alone may have no second part."""
    words = directive.words()
    if len(words) != _PARTS and (directive.keyword == "localforward" or len(words) > _PARTS):
        raise directive.error("it takes where to listen and what to lead to; write both, as in 8080 db:80")
    listens = words[0].startswith("/") or port_of(words[0].rpartition(":")[2])
    leads = len(words) == 1 or words[1].startswith("/") or (":" in words[1] and port_of(words[1].rpartition(":")[2]))
    if not listens or not leads:
        raise directive.error("it is not a forwarding; write it as in 8080 db:80")


def _environment(directive: Directive) -> None:
    if any("=" in word for word in directive.split()):
        raise directive.error("it takes names only; remove what follows the =")


def _keys_to_agent(directive: Directive) -> None:
    first, *rest = directive.words()
    if rest and (first.lower() != "confirm" or len(rest) > 1):
        raise directive.error("there is too much; write yes, no, ask, confirm or a time")
    for word in rest or [first]:
        if word.lower() not in {*_YES_OR_NO, "ask", "confirm"} and not _TIME.fullmatch(word):
            raise directive.error("its argument is not yes, no, ask, confirm or a time; choose one of these")


def _jumps(directive: Directive) -> None:
    stops(directive)


def _time(directive: Directive) -> None:
    text = directive.word()
    if text != "none" and not _TIME.fullmatch(text):
        raise directive.error("its argument is not a time; write seconds, or a time such as 1m30s")


_ARGUMENTS: dict[Callable[[Directive], object], str] = {
    _anything: """afstokenpassing cipher compressionlevel fallbacktorsh globalknownhostsfile2
        kerberosauthentication kerberostgtpassing knownhostscommand localcommand match protocol proxycommand
        remotecommand rhostsauthentication rhostsrsaauthentication rsaauthentication useblacklistedkeys
        useprivilegedport userknownhostsfile2 useroaming usersh""",
    _word: """bindaddress bindinterface casignaturealgorithms certificatefile ciphers controlpath
        controlpersist escapechar forwardagent gssapiclientidentity gssapikexalgorithms gssapiserveridentity
        hostbasedacceptedalgorithms hostbasedkeytypes hostkeyalgorithms hostkeyalias hostname identityagent
        identityfile identityfile2 ignoreunknown kbdinteractivedevices kexalgorithms macs pkcs11provider
        preferredauthentications pubkeyacceptedalgorithms pubkeyacceptedkeytypes refuseconnection revokedhostkeys
        securitykeyprovider smartcarddevice streamlocalbindmask tag tunneldevice user versionaddendum warnweakcrypto
        xauthlocation""",
    _words: "channeltimeout dynamicforward ipqos obscurekeystroketiming permitremoteopen rekeylimit",
    _perhaps_words: "canonicaldomains canonicalizepermittedcnames include",
    _files: "globalknownhostsfile logverbose userknownhostsfile",
    _assignments: "setenv",
    _patterns: "host",
    _forwarding: "localforward remoteforward",
    _environment: "sendenv",
    _keys_to_agent: "addkeystoagent",
    port_number: "port",
    _jumps: "proxyjump",
    _number(0): "canonicalizemaxdots numberofpasswordprompts requiredrsasize serveralivecountmax",
    _number(1): "connectionattempts",
    _time: "connecttimeout forwardx11timeout protocolkeepalives serveraliveinterval setuptimeout",
    _one_of(*_YES_OR_NO): """batchmode canonicalizefallbacklocal challengeresponseauthentication checkhostip
        clearallforwardings compression dsaauthentication enableescapecommandline enablesshkeysign
        exitonforwardfailure forkafterauthentication forwardx11 forwardx11trusted gatewayports gssapiauthentication
        gssapidelegatecredentials gssapikeyexchange gssapirenewalforcesrekey gssapitrustdns hashknownhosts
        hostbasedauthentication identitiesonly kbdinteractiveauthentication keepalive
        nohostauthenticationforlocalhost passwordauthentication permitlocalcommand proxyusefdpass
        skeyauthentication stdinnull streamlocalbindunlink tcpkeepalive tisauthentication visualhostkey""",
    _one_of("any", "inet", "inet6"): "addressfamily",
    _one_of(*_YES_OR_NO, "always"): "canonicalizehostname",
    _one_of(*_YES_OR_NO, "auto", "ask", "autoask"): "controlmaster",
    _one_of("md5", "sha256"): "fingerprinthash",
    _one_of("quiet", "fatal", "error", "info", "verbose", "debug", "debug1", "debug2", "debug3"): "loglevel",
    _one_of(*_YES_OR_NO, "unbound", "host-bound"): "pubkeyauthentication",
    _one_of(*_YES_OR_NO, "force", "auto"): "requesttty",
    _one_of("none", "subsystem", "default"): "sessiontype",
    _one_of(*_YES_OR_NO, "ask", "off", "accept-new"): "stricthostkeychecking",
    _one_of(
        *("daemon", "user", "auth", "authpriv", *(f"local{number}" for number in range(8))),
    ): "syslogfacility",
    _one_of(*_YES_OR_NO, "point-to-point", "ethernet"): "tunnel",
    _one_of(*_YES_OR_NO, "ask"): "updatehostkeys verifyhostkeydns",
}
_CHECKS = {keyword: check for check, keywords in _ARGUMENTS.items() for keyword in keywords.split()}
_WRITTEN = {
    "host": "Host", "hostname": "HostName", "identityfile": "IdentityFile", "match": "Match", "port": "Port",
    "proxyjump": "ProxyJump", "user": "User",
}  # fmt: skip
"""How the manual page writes those that are suggested most."""


def is_known(keyword: str) -> bool:
    """Tell whether ssh knows ``keyword``, which is in lower case."""
    return keyword in _CHECKS


def check_arguments(directive: Directive) -> None:
    """Refuse what ssh refuses in any block, whether it applies or not. Raises TunnelError ``bad-profile``."""
    directive.check_quotes()
    _CHECKS[directive.keyword](directive)


def advice_on(directive: Directive) -> str:
    """Return what to do about a keyword that ssh does not know.

    The line is not quoted unless it begins with a plain word: it may be from a private key.
    """
    if directive.written.startswith("\N{ZERO WIDTH NO-BREAK SPACE}"):
        return "the file begins with a byte-order mark; save the file as UTF-8 without one"
    if not _WORD_OF_LETTERS.fullmatch(directive.written):
        return "this line does not begin with a keyword of ssh_config(5); fix or remove it"
    near = difflib.get_close_matches(directive.keyword, _CHECKS, n=1, cutoff=0.75)
    meant = f" (did you mean {_WRITTEN.get(near[0], near[0])}?)" if near else ""
    return f"ssh knows no keyword {directive.written}{meant}; fix it, or name it in IgnoreUnknown further up"
