"""Tunnels that are asked for by what their user brings along: a host of an OpenSSH configuration, a connection URL."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from urllib.parse import quote

from pydantic import AfterValidator, Field, model_validator

from harness.adapter import profile as wire
from harness.adapter.driver import NoAnswer, Refused
from harness.errors import Failed
from harness.scenario.language.tunnel import TunnelSpec
from harness.scenario.login.imported import from_config, from_url
from harness.scenario.login.texts import OF_BASTIONS, Texts, blanks
from harness.scenario.stage.stage import Stage
from harness.scenario.verbs.home import inside, laid_out
from harness.scenario.verbs.outcome import ExpectedOutcome


def _with_known_blanks(text: str) -> str:
    list(blanks(text))
    return text


Text = Annotated[str, AfterValidator(_with_known_blanks)]


class Brought(ExpectedOutcome):
    """``from``: what of the profile comes from the implementation's own import, ``config`` or ``url``.

    ``host`` is looked up in ~/.ssh/config; ``files`` are all that stands in ~/.ssh, by name. In them and in ``url``
    ``<bastion.host>`` stands for the bastion's host, and so do ``port``, ``user``, ``password``, ``key`` (the text of
    its private key), ``public`` (of its public key), ``agent`` (the path of an agent that holds the key behind two
    others) and ``alias``. The import must succeed, and says server, user, port, key, agent, alias and jump hosts.
    """

    source: Annotated[Literal["config", "url"] | None, Field(alias="from")] = None
    host: Text | None = None
    files: dict[Annotated[str, AfterValidator(inside)], Text] = {}
    url: Text | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        wanted = {"config": {"host", "files"}, "url": {"url"}}.get(self.source or "", set())
        said = {name for name in ("host", "files", "url") if name in self.model_fields_set}
        if said != wanted:
            raise ValueError(
                "from: config goes with a host and files, from: url with a url; give all of one, or nothing"
            )
        return self

    def profile(self, stage: Stage, tunnel: TunnelSpec, again: int = 0) -> wire.Profile:
        """Return the profile, as the implementation's own import has it. Raises Failed."""
        texts = Texts(stage.profiles)
        if self.source == "config":
            laid_out(stage.home, {name: texts.filled(text) for name, text in self.files.items()})
        usual = stage.profiles.build(tunnel, again=again)
        if self.source is None:
            return usual
        try:
            if self.url is not None:
                url = texts.filled(self.url, lambda value: quote(value, safe="~"))
                return from_url(usual, stage.adapter.import_url(url, self.within))
            return from_config(usual, stage.adapter.import_config(None, texts.filled(self.host or ""), self.within))
        except Refused as refused:
            said = f"{refused.detail.code} ({refused.detail.message})"
            raise Failed(f"the {self.source} to be imported", said) from refused
        except NoAnswer as silent:
            raise Failed(f"the {self.source} to be imported within {self.within:g} s", "no answer") from silent

    def nodes(self) -> tuple[str, ...]:
        """Return the nodes that the texts name."""
        return tuple(node for text in self._texts() for node, _ in blanks(text))

    def servers(self) -> tuple[str, ...]:
        """Return the bastions whose logins the texts give."""
        return tuple(node for text in self._texts() for node, word in blanks(text) if word in OF_BASTIONS)

    def features(self) -> frozenset[str]:
        """Return what an adapter must support to read this."""
        agents = {"auth.agent" for text in self._texts() for _, word in blanks(text) if word == "agent"}
        return super().features() | agents | ({f"import-{self.source}"} if self.source else set())

    def _texts(self) -> tuple[str, ...]:
        return (*self.files.values(), self.url or "", self.host or "")
