"""Rules of the practice, the lead and the promise. Pure: no I/O, no clock, no AWS."""
