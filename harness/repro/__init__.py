"""A drop as a user reports it: played in a world, looked at, and answered.

A :class:`~harness.repro.report.DropReport` is scaled in time and becomes a :class:`~harness.repro.play.Play`: steps of
the scenario language, run by the same runner as every scenario. What is seen of it is an
:class:`~harness.repro.outcome.Outcome`, which :mod:`harness.repro.judgement` compares with the requirements.
"""
