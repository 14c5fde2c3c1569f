-- Accepted at a commit that was named: no other text takes force by itself.
ALTER TABLE accepted ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
