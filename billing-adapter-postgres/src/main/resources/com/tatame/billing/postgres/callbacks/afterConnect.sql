-- A migration that waits for another session's lock fails rather than hangs.
set lock_timeout = '30s';
