"""The daemon: the composition root, and the service that ticks.

build     from settings to stages; here the clock and chance enter
looking   the store alone, for a command that needs nothing else
upgrade   a database found whole and brought to the newest schema
wishes    what commands ask for
drill     a rehearsal of a restore
service   jobs, signals, reload, stop

Nothing is imported here: a command pays for the part that it uses.
"""
