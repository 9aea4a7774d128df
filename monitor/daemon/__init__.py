"""The daemon: the composition root, and the service that ticks.

build           from settings to stages; here the clock and chance enter
store_only      the store alone, for a command that needs nothing else
upgrade         a database found whole and brought to the newest schema
requests        what commands ask for
restore_drill   a rehearsal of a restore
service         jobs, signals, reload, stop

Nothing is imported here: a command pays for the part that it uses.
"""
