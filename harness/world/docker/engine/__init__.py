"""The docker engine and what a world starts in it: images, networks, containers, shells.

Begin with ``client``. Nothing here knows what a bastion is.
"""
