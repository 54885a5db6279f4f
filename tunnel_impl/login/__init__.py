"""Proving who the user is: RFC 4252, RFC 4256 and second factors.

Begin with ``authentication``, which goes from method to method; ``protocol`` sends one request at a time,
``interactive`` answers rounds of prompts, which ``prompts`` understands; ``refusals`` words what went wrong.
"""
