"""What the shell gets of the program beside its commands: completion of what is typed, and manual pages."""
