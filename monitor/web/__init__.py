"""The page for people: editions, stories, search and feeds in a browser (docs/web.md).

    origin      who may ask for a change: pure
    guard       what every request and every answer must be, before any route
    server      HTTP with bounds on slow and many clients
    desk        config and store, as a page needs them
    app         the routes; each page is there as HTML and as .json
    look        templates, and what they may print
    pages/      what each page shows
    timeline    days as bars: pure

A page reads through the store's read methods, and changes things only as commands do: `Commands` has what the command
line lends for that.
"""
