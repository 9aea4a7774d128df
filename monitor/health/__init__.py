"""The state of the service, for people and for machines. These modules report and advise; they fix nothing.

status    one moment: what was polled, what is due, what is waiting, and what is wrong
live      whether a daemon lives, seen from another process
other_daemons  which other data folders have one
metrics   the same for Prometheus
doctor    the environment: config, network, mail server, clock, versions, permissions, disk

Nothing is imported here, so that a command loads only the part that it uses.
"""
