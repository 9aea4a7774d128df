"""How the service is, for people and for machines. It looks and advises; it mends nothing.

status    one moment: what was polled, what is due, what waits, and what is wrong with that
metrics   the same for Prometheus
doctor    the surroundings: config, network, mail server, clock, versions, permissions, disk

Nothing is imported here: a command pays for the part that it uses.
"""
