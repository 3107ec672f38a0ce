-- What the last run found in the project's own profiles.yml: {"name", "type", "details": {…}} without secrets.
alter table environments add column connection_seen jsonb;
