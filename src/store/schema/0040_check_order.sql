-- The log's newest event when a word on a check came: what a reporter says of its own times does not tell which word is the last.
ALTER TABLE status ADD COLUMN after_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE check_run ADD COLUMN after_seq INTEGER NOT NULL DEFAULT 0;
