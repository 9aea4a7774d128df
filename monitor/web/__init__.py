"""The page for people: editions, stories, search and feeds in a browser (docs/web.md).

    origin      who may ask for a change: pure
    guard       what every request and every answer must be, before any route
    door        who asks: a session, the word of a proxy, or nobody
    asking      the same, for pages and templates
    login       to log in and out; passwords, slowing: whether a password is right, and who has to wait
    leaving     the links of mails; pausing: what recipients may do with their messages
    server      HTTP with bounds on slow and many clients
    desk        config and store, as a page needs them
    app         the routes; each page is there as HTML and as .json
    look        templates, and what they may print
    pages/      what each page shows
    timeline    days as bars: pure

A page reads through the store's read methods, and changes things only as commands do: `Commands` has what the command
line lends for that.
"""
