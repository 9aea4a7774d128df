"""Policy: every threshold of the service with its reason, and the pure decision that rests on it.

    polling         when a feed is asked again
    gaps            how far back a gap is filled
    sitemap_parts   how many parts of an index of news sitemaps are asked
    hosts           when failing feeds are one incident of their host, which of them are woken
    outage          what counts as an outage of our own
    slots           when an edition is due
    publishing      when an edition that is due waits
    alerts          which matches deserve an instant alert, when a recipient gets it
    replayed_alerts what alerts would have been sent for matches of past days
    news            what counts as news: of a poll, of an edition, of the last seven days
    silence         which feeds are silent, which are idle, what is usual for a feed
    takeover        when a feed seems to have changed hands
    aggregators     when a feed seems to need `aggregator = true`
    suspension      when a recipient gets no more mail, when a feed is paused, when people hear of one
    standing        how a feed fares, in words, and what it is called
    retry           what an attempt to deliver leads to, and how long what failed rests
    pages           how often a host is asked for pages, how long its robots.txt holds
    setting_aside   when work that ended the service is left alone
    notes           which conditions are notes to the operator, and when they are mailed
    retention       how long what is stored is kept
    maintenance     when a backup and a check of the database are due
    alarms          how late a thing may be before the service is called unwell
    disk            how much room the disk must have
    clock           what a clock that jumps means

The store, the jobs and the commands ask here and decide nothing of this themselves. Thresholds of how texts are read,
matched, grouped and worded stand in the stages that do it.
"""
