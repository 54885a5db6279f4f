"""Runs side by side: one JSON file made of their reports, and what people look at, made of that file alone.

``model`` is the file, ``build`` makes it of reports, ``view`` is what each requirement and implementation comes to,
``page`` the HTML, ``text`` the Markdown and the badges.
"""
