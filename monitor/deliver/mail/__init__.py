"""Mail: what only it has. MIME messages, their headers and ids, what mail servers answer, and the two channels that
hand messages over, to a mail server or into a Maildir.

Nobody imports from here but the list of kinds, and the demo, which opens a Maildir: everybody else asks the channel.
"""
