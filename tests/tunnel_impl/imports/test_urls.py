"""Connection URLs: what the library reads, whatever is in them."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tunnel_impl import TunnelError
from tunnel_impl.imports.urls import USUAL_PORTS, Connection, Database, Server, parse_url

STEADY = settings(derandomize=True, max_examples=300, deadline=None)

RESERVED = ":/?#[]@!$&'()*+,;=%\\\"<> "
TEXT = st.text(st.one_of(st.sampled_from(RESERVED), st.characters(exclude_categories=("Cc", "Cs"))), min_size=1)
NAMES = st.from_regex(r"[a-z0-9_äß店]([a-z0-9_.äß店-]{0,20})", fullmatch=True)
HOSTS = st.one_of(NAMES, st.ip_addresses().map(str), st.just("fe80::1%eth0"))
PORTS = st.integers(1, 65535)
SSH_USERS = TEXT.filter(lambda user: not user.startswith("-"))
CONNECTIONS = st.builds(
    lambda ssh, database, method, socket, name: Connection(
        ssh, database, method, socket if method == "agent" else None, name
    ),
    st.builds(Server, HOSTS, st.none() | PORTS, st.none() | SSH_USERS, st.none() | st.just("") | TEXT),
    st.builds(
        Database,
        st.sampled_from(["mysql", "postgresql", "mariadb"]),
        HOSTS,
        PORTS,
        st.none() | TEXT,
        st.none() | st.just("") | TEXT,
        st.none() | TEXT,
    ),
    st.sampled_from(["password", "key", "agent"]),
    st.none() | TEXT,
    st.none() | TEXT,
)
PIECES = st.sampled_from(
    ["mysql+ssh://", "postgres+ssh:", "//", "@", ":", "/", "[", "]", "::1", "%", "%4", "%40", "%FF", "%00", "?", "&"]
)
LOOKS_LIKE_URLS = st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=16).map("".join)


def outcome(text: str) -> Connection | str:
    """Return the connection, or the code of the refusal."""
    try:
        return parse_url(text)
    except TunnelError as error:
        return error.code


def written(connection: Connection) -> str:
    """Return a URL that says all of it, as the application writes one."""
    ssh, database = connection.ssh, connection.database
    port = None if database.port == USUAL_PORTS[database.engine] else database.port
    parameters = {
        "name": connection.name,
        "usePrivateKey": "true" if connection.method == "key" else None,
        "useSSHAgent": "true" if connection.method == "agent" else None,
        "agentSocket": connection.agent_socket,
    }
    query = "&".join(f"{key}={escaped(value)}" for key, value in parameters.items() if value)
    name = f"/{escaped(database.name)}" if database.name else ""
    return (
        f"{database.engine}+ssh://{place(ssh.user, ssh.password, ssh.host, ssh.port)}"
        f"/{place(database.user, database.password, database.host, port)}{name}?{query}"
    )


def place(user: str | None, password: str | None, host: str, port: int | None) -> str:
    """Return a server, with who logs in."""
    secret = "" if password is None else f":{escaped(password)}"
    login = "" if user is None and password is None else f"{escaped(user or '')}{secret}@"
    plain = f"[{host.replace('%', '%25')}]" if ":" in host else escaped(host)
    return f"{login}{plain}" if port is None else f"{login}{plain}:{port}"


def escaped(text: str) -> str:
    """Return ``text`` with every reserved character escaped."""
    return quote(text, safe="")


@STEADY
@given(CONNECTIONS)
def test_a_written_url_reads_back_as_the_same_connection(connection: Connection) -> None:
    """Reserved characters, Unicode, IPv6 and missing parts survive the round trip."""
    assert parse_url(written(connection)) == connection


@STEADY
@given(st.one_of(st.text(), LOOKS_LIKE_URLS, LOOKS_LIKE_URLS.map("mysql+ssh://deploy@jump/".__add__)))
@example("mysql+ssh://deploy@jump:\ud800/app@db")
@example("mysql+ssh://deploy@[::1%25%25]/app@db")
@example("mysql+ssh://jump:" + "9" * 5000 + "/")
def test_any_text_is_read_or_refused_by_its_documented_errors(text: str) -> None:
    """Whatever is pasted, nothing but bad-url and unsupported-scheme comes out, and what is read can be written."""
    read = outcome(text)
    assert read in ("bad-url", "unsupported-scheme") or parse_url(written(read)) == read


@pytest.mark.parametrize("secret", ["s3cret%", "s3cret%zz", "s3cret\n", "s3cret/x"])
def test_no_error_shows_a_password(secret: str) -> None:
    """A message names the part that is wrong, and keeps what stands there to itself."""
    with pytest.raises(TunnelError) as caught:
        parse_url(f"mysql+ssh://deploy:{secret}@jump/app@db/shop")
    assert "s3cret" not in caught.value.message


def test_no_representation_shows_a_password() -> None:
    """A connection that is printed keeps its passwords to itself."""
    assert "s3cret" not in repr(parse_url("mysql+ssh://deploy:s3cret1@jump/app:s3cret2@db/shop"))


@pytest.mark.parametrize(
    "url",
    [
        "mysql+ssh://u@h/root:2024/Prod!@db/x",
        "mysql+ssh://deploy:12/ab@jump/app:pw@db/x",
        "mysql+ssh://deploy:12/ab@jump/app:pw@db",
        "mysql+ssh://u@h/root/x@db/y",
        "mysql+ssh://u@h/root:20?24@db/x",
        "mysql+ssh://u@h/root:20?24=5@db/x",
        "mysql+ssh://-oProxyCommand=x@h/u:p@db/x",
        "mysql+ssh://%2DoProxyCommand=x@h/u:p@db/x",
        "mysql+ssh://u@h/u:p@db/x?usePrivateKey=maybe",
    ],
)
def test_what_would_be_read_as_something_else(url: str) -> None:
    """A password whose delimiter was not escaped is refused, and so is a user that programs take for an option."""
    with pytest.raises(TunnelError) as caught:
        parse_url(url)
    assert caught.value.code == "bad-url"
    assert "Prod" not in caught.value.message


def test_what_was_decided() -> None:
    """A # stands for itself, and 1 is as good as true."""
    found = parse_url("mysql+ssh://u@h/app:p#w@db/shop#1?usePrivateKey=1")
    assert (found.database.password, found.database.name, found.method) == ("p#w", "shop#1", "key")
