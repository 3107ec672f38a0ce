import time


def model(dbt, session):
    """Longer than a poll is held (10 s), so that a task defers, and a second task finds the run alive."""
    dbt.config(materialized="table")
    time.sleep(25)
    return session.sql("select 25 as seconds")
