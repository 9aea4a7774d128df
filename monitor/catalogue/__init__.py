"""Where news on a topic may come from, for people who have words and no feeds.

sources        the feeds that come with the program: outlet, country, language, kind; none of them tried
subject        what a topic is about: the countries and subjects that its words name
proposals      topic → feeds of the catalogue, the nearest first
finding        words → feeds of the catalogue
search_feeds   topic → addresses of search engines that answer as feeds
"""
