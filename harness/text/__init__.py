"""Words on their way to people: what is secret or would act is taken out, and a near miss is named."""

from __future__ import annotations
