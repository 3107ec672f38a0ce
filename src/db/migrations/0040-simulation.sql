-- What the simulated engine plays: a job's scenario wins over its environment's. `json` and not `jsonb`, because the order
-- of the nodes in a manifest is the order in which they run.
alter table environments add column simulation json;
alter table jobs add column simulation json;
