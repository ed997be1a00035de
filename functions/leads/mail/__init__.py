"""The text and HTML of every e-mail to the staff."""
