"""A world in which the real jobs live for weeks in seconds: publishers, a network, a post office, accidents, judges.

    newsroom, documents   what publishers print, and how they answer
    network               the transport seam: every request is carried, recorded and judged
    manners               the behaviour score: what a publisher would complain about
    post                  the channel seam: every message is accepted or not, and recorded
    readers               what archive and mail must hold: nothing lost, nothing twice
    accidents             kills at a seam, a full disk
    world                 puts all of it around the real service, under a clock of its own
    histories             what happens, drawn from a seed

The judges never ask the program's database: they know every item that was published, every request
and every message.
"""
