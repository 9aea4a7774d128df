"""The daemon: the composition root, and the service that ticks.

build           from settings to jobs; here the clock and chance enter
store_only      the store alone, for a command that needs nothing else
upgrade         checks the database and upgrades it to the newest schema
upgrade_notice  where an upgrade is reported
requests        carries out the requests of commands
restore_drill   a rehearsal of a restore
service         jobs, signals, reload, stop

Nothing is imported here, so that a command loads only the part that it uses.
"""
