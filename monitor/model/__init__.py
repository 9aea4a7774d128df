"""What is handed from stage to stage, one file per hand-off.

Everything here is frozen, slotted and keyword-only, holds no behaviour worth testing alone, and
knows no stage. A datetime is always aware and in UTC; a duration is a `timedelta`.
"""
