"""Edits a config without changing a byte outside the edited table: comments, line ends and the order of keys stay.

changes   what can be edited, and what the data are afterwards
layout    where everything stands, in bytes
toml      values as TOML text
splice    an edit → new bytes, read again and compared with what was meant
plan      a file → its new content, checked as a config, as a diff; written, or as lines to paste
"""

from monitor.config.edit.changes import AddItem, AddTable, CannotEdit, Edit, MakeTable, Remove, SetValue
from monitor.config.edit.splice import edited

__all__ = ["AddItem", "AddTable", "CannotEdit", "Edit", "MakeTable", "Remove", "SetValue", "edited"]
