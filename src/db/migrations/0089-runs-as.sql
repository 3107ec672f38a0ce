-- The user of the operating system that runs of an environment are of; null: the worker's usual one.
alter table environments add column run_as text;
