"""News Monitor: feeds in, flagged articles stored, an explained digest out.

`jobs/` is the flow; `docs/flow.md` is the map of the rooms.
"""
