-- Without it PostgreSQL takes a third of all runs for such with warnings, and looks for them among all.
create statistics runs_warnings on (cast(node_counts ->> 'warn' as integer)), status from runs;
