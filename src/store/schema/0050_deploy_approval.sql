-- Who said that a commit may go into an environment. It is for the commit: another one needs another word.
CREATE TABLE deploy_approval(
  id INTEGER PRIMARY KEY, repo INTEGER NOT NULL REFERENCES repo(id), environment TEXT NOT NULL, sha TEXT NOT NULL, person TEXT NOT NULL,
  at_s INTEGER NOT NULL, UNIQUE(repo, environment, sha, person));
