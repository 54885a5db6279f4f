"""From a person's text to a profile: connection URLs and ssh_config(5).

Begin with ``front``. Nothing here knows SSH or imports ``profile``.
"""
