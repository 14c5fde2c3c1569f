-- The server's memory. Times are seconds since 1970 unless the name says _ms; object ids are hex text, '' for none.
CREATE TABLE setting(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE person(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE UNIQUE, title TEXT NOT NULL, email TEXT NOT NULL,
  disabled INTEGER NOT NULL DEFAULT 0, created_s INTEGER NOT NULL);
CREATE TABLE token(
  id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES person(id), name TEXT NOT NULL, shown TEXT NOT NULL,
  hash BLOB NOT NULL UNIQUE, scopes INTEGER NOT NULL, created_s INTEGER NOT NULL, expires_s INTEGER NOT NULL,
  revoked_s INTEGER NOT NULL DEFAULT 0, used_s INTEGER NOT NULL DEFAULT 0);
CREATE INDEX token_person ON token(person);

CREATE TABLE repo(
  id INTEGER PRIMARY KEY, owner TEXT NOT NULL COLLATE NOCASE, name TEXT NOT NULL COLLATE NOCASE, default_branch TEXT NOT NULL,
  preset TEXT NOT NULL, base_text TEXT NOT NULL, good_text TEXT NOT NULL DEFAULT '', good_commit TEXT NOT NULL DEFAULT '',
  good_digest TEXT NOT NULL DEFAULT '', title TEXT NOT NULL, read_only TEXT NOT NULL DEFAULT '', public INTEGER NOT NULL DEFAULT 0,
  created_s INTEGER NOT NULL, numbers INTEGER NOT NULL DEFAULT 0,
  UNIQUE(owner, name));
-- repo 0 is the server
CREATE TABLE role_grant(
  repo INTEGER NOT NULL, person INTEGER NOT NULL REFERENCES person(id), role TEXT NOT NULL, given_by TEXT NOT NULL, at_s INTEGER NOT NULL,
  PRIMARY KEY(repo, person, role)) WITHOUT ROWID;
CREATE INDEX role_grant_person ON role_grant(person);
CREATE TABLE accepted(
  repo INTEGER NOT NULL REFERENCES repo(id), what TEXT NOT NULL, text TEXT NOT NULL, digest TEXT NOT NULL, by TEXT NOT NULL, at_s INTEGER NOT NULL,
  PRIMARY KEY(repo, what)) WITHOUT ROWID;

-- The log. Primary: nothing in it is ever changed; each row is a leaf of the tree in audit_node.
CREATE TABLE event(
  seq INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, repo TEXT NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL, ref TEXT NOT NULL,
  change INTEGER NOT NULL, data TEXT NOT NULL);
CREATE INDEX event_repo ON event(repo);
CREATE INDEX event_change ON event(repo, change) WHERE change > 0;
CREATE TABLE audit_node(
  level INTEGER NOT NULL, at INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY(level, at)) WITHOUT ROWID;
CREATE TABLE audit_checkpoint(size INTEGER PRIMARY KEY, at_s INTEGER NOT NULL, text TEXT NOT NULL);

CREATE TABLE change(
  id INTEGER PRIMARY KEY, repo INTEGER NOT NULL REFERENCES repo(id), number INTEGER NOT NULL, state INTEGER NOT NULL, draft INTEGER NOT NULL,
  title TEXT NOT NULL, body TEXT NOT NULL, author TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, last_pusher TEXT NOT NULL,
  labels TEXT NOT NULL, head TEXT NOT NULL, base TEXT NOT NULL, merged_as TEXT NOT NULL DEFAULT '', merged_by TEXT NOT NULL DEFAULT '',
  method TEXT NOT NULL DEFAULT '', created_s INTEGER NOT NULL, updated_s INTEGER NOT NULL, closed_s INTEGER NOT NULL DEFAULT 0,
  merged_s INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL DEFAULT 1,
  UNIQUE(repo, number));
CREATE INDEX change_open ON change(repo, source) WHERE state = 0;
CREATE TABLE review(
  id INTEGER PRIMARY KEY, change INTEGER NOT NULL REFERENCES change(id), person TEXT NOT NULL, state INTEGER NOT NULL, head TEXT NOT NULL,
  patch_id TEXT NOT NULL, body TEXT NOT NULL, dismissed_by TEXT NOT NULL DEFAULT '', dismissed_reason TEXT NOT NULL DEFAULT '',
  at_s INTEGER NOT NULL);
CREATE INDEX review_change ON review(change);
CREATE TABLE comment(
  id INTEGER PRIMARY KEY, change INTEGER NOT NULL REFERENCES change(id), thread INTEGER NOT NULL, person TEXT NOT NULL, body TEXT NOT NULL,
  path TEXT NOT NULL, line INTEGER NOT NULL, head TEXT NOT NULL, resolved_by TEXT NOT NULL DEFAULT '', at_s INTEGER NOT NULL);
CREATE INDEX comment_change ON comment(change);

CREATE TABLE status(
  id INTEGER PRIMARY KEY, repo INTEGER NOT NULL REFERENCES repo(id), sha TEXT NOT NULL, state TEXT NOT NULL, context TEXT NOT NULL,
  description TEXT NOT NULL, url TEXT NOT NULL, creator TEXT NOT NULL, at_s INTEGER NOT NULL);
CREATE INDEX status_sha ON status(repo, sha, context);
CREATE TABLE check_run(
  id INTEGER PRIMARY KEY, repo INTEGER NOT NULL REFERENCES repo(id), sha TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL,
  conclusion TEXT NOT NULL, url TEXT NOT NULL, external_id TEXT NOT NULL, title TEXT NOT NULL, summary TEXT NOT NULL, creator TEXT NOT NULL,
  created_s INTEGER NOT NULL, started_s INTEGER NOT NULL, completed_s INTEGER NOT NULL);
CREATE INDEX check_run_sha ON check_run(repo, sha, name);

-- updates: lines "REF OLD NEW"
CREATE TABLE intent(
  id INTEGER PRIMARY KEY, repo INTEGER NOT NULL REFERENCES repo(id), decided INTEGER NOT NULL, actor TEXT NOT NULL, reflog TEXT NOT NULL,
  updates TEXT NOT NULL, at_s INTEGER NOT NULL);
CREATE TABLE flow(
  id INTEGER PRIMARY KEY, repo INTEGER NOT NULL REFERENCES repo(id), kind TEXT NOT NULL, name TEXT NOT NULL, actor TEXT NOT NULL,
  state TEXT NOT NULL, data TEXT NOT NULL, created_s INTEGER NOT NULL, updated_s INTEGER NOT NULL);
CREATE INDEX flow_repo ON flow(repo, state);
CREATE TABLE emergency(
  id INTEGER PRIMARY KEY, repo INTEGER NOT NULL REFERENCES repo(id), change INTEGER NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL,
  at_s INTEGER NOT NULL, expires_s INTEGER NOT NULL);
CREATE INDEX emergency_change ON emergency(repo, change);
CREATE TABLE follow_up(
  id INTEGER PRIMARY KEY, repo INTEGER NOT NULL REFERENCES repo(id), emergency INTEGER NOT NULL, of TEXT NOT NULL, name TEXT NOT NULL,
  note TEXT NOT NULL, done_by TEXT NOT NULL, due_s INTEGER NOT NULL, done_s INTEGER NOT NULL);
CREATE INDEX follow_up_repo ON follow_up(repo);
CREATE TABLE release(
  id INTEGER PRIMARY KEY, repo INTEGER NOT NULL REFERENCES repo(id), tag TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
  author TEXT NOT NULL, target TEXT NOT NULL, draft INTEGER NOT NULL, prerelease INTEGER NOT NULL, created_s INTEGER NOT NULL,
  published_s INTEGER NOT NULL, UNIQUE(repo, tag));
