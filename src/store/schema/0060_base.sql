-- A file of another repository that is no longer what an administrator accepted, and does not take force by itself: why, and since when.
CREATE TABLE base_wait(
  repo INTEGER NOT NULL REFERENCES repo(id), what TEXT NOT NULL, digest TEXT NOT NULL, since_s INTEGER NOT NULL, why TEXT NOT NULL,
  differs TEXT NOT NULL, PRIMARY KEY(repo, what)) WITHOUT ROWID;
