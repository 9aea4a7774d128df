"""An evening of attacks: the real program in real processes, among honest feeds, a hostile origin and a rude mail
server.

It is killed, paused, reloaded and left without disk space at random moments. At the end the account must add up to the
item: what was served, stored, listed and delivered. `python tests/evening.py --help` plays one.
"""
