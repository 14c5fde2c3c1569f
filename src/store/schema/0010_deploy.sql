-- Deployments, the journal of their rollouts, incidents.
CREATE TABLE deployment(
  id INTEGER PRIMARY KEY, repo INTEGER NOT NULL REFERENCES repo(id), number INTEGER NOT NULL, environment TEXT NOT NULL, version TEXT NOT NULL,
  ref TEXT NOT NULL, actor TEXT NOT NULL, cause TEXT NOT NULL, sha TEXT NOT NULL, state TEXT NOT NULL, phase TEXT NOT NULL, reason TEXT NOT NULL,
  weight_pct INTEGER NOT NULL, color INTEGER NOT NULL, old_number INTEGER NOT NULL, live INTEGER NOT NULL, open INTEGER NOT NULL,
  url TEXT NOT NULL, flow TEXT NOT NULL, asked TEXT NOT NULL DEFAULT '', wake_ms INTEGER NOT NULL, created_s INTEGER NOT NULL,
  started_s INTEGER NOT NULL, finished_s INTEGER NOT NULL, updated_s INTEGER NOT NULL,
  UNIQUE(repo, number));
CREATE INDEX deployment_environment ON deployment(repo, environment, number);
CREATE INDEX deployment_open ON deployment(id) WHERE open = 1;
CREATE UNIQUE INDEX deployment_live ON deployment(repo, environment) WHERE live = 1;
CREATE TABLE deploy_step(
  id INTEGER PRIMARY KEY, deployment INTEGER NOT NULL REFERENCES deployment(id), seq INTEGER NOT NULL, effect TEXT NOT NULL,
  weight_pct INTEGER NOT NULL, result TEXT NOT NULL, text TEXT NOT NULL, at_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL,
  UNIQUE(deployment, seq));
CREATE TABLE incident(
  id INTEGER PRIMARY KEY, repo INTEGER NOT NULL REFERENCES repo(id), deployment INTEGER NOT NULL, environment TEXT NOT NULL,
  version TEXT NOT NULL, text TEXT NOT NULL, closed_by TEXT NOT NULL DEFAULT '', opened_s INTEGER NOT NULL, closed_s INTEGER NOT NULL DEFAULT 0);
CREATE INDEX incident_environment ON incident(repo, environment, version);
