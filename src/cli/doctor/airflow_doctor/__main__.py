"""
Finds out why Airflow in this Python does not reach Stratus: provider, connection, certificates, token.

`stratus doctor --airflow` runs it. It needs nothing but Airflow itself, so that this folder also runs by itself where
there is no Node, such as in a container of Airflow:

    python airflow_doctor [--conn-id dbt_cloud_default]

It starts no run, changes nothing, and never shows the token.
"""

import importlib
import os
import sys

# Python looks for modules in this folder first: ours would be taken for others of their names.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# An installation stays as it is.
sys.dont_write_bytecode = True
sys.exit(importlib.import_module("airflow_doctor.examine").main())
