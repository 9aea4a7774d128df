"""The ids of rows, as types: an article is not taken for a story, nor a feed for an edition.

At runtime they are plain numbers. Rows give them out, and so do commands and requests, which get them from people.
"""

from typing import NewType

FeedId = NewType("FeedId", int)
ArticleId = NewType("ArticleId", int)
StoryId = NewType("StoryId", int)
"""The number of the story's first article."""
EditionId = NewType("EditionId", int)
DeliveryId = NewType("DeliveryId", int)
