-- What others report of a deployment; what the server did itself is in deployment and deploy_step.
CREATE TABLE deploy_report(
  id INTEGER PRIMARY KEY, deployment INTEGER NOT NULL REFERENCES deployment(id), state TEXT NOT NULL, description TEXT NOT NULL,
  url TEXT NOT NULL, log_url TEXT NOT NULL, creator TEXT NOT NULL, at_s INTEGER NOT NULL);
CREATE INDEX deploy_report_of ON deploy_report(deployment);
