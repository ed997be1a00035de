"""Use cases. They take the repository, the mailer and the clock as arguments."""
