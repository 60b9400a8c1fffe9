"""Tables: every module here declares one, as `TABLE`."""
