"""The warden, which ends private servers with their user, and the marks by which those it could not end are found."""
