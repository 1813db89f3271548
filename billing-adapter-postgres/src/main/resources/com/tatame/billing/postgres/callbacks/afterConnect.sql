-- A migration that waits for somebody's lock fails rather than hang.
set lock_timeout = '30s';
