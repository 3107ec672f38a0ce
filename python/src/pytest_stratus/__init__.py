"""Tests of Airflow DAGs that run dbt Cloud jobs, against a Stratus of their own."""

from pytest_stratus.server import Stratus

__all__ = ["Stratus"]
