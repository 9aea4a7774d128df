"""A database in PostgreSQL: what is its own. Nothing outside of the store knows which database it is.

psycopg is imported here alone, and only where a config names such a database.
"""
