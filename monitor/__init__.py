"""News Monitor: feeds in, flagged articles stored, an explained digest out.

`pipeline.py` is the flow on one page; `docs/flow.md` is the map of the rooms.
"""
