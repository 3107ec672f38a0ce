"""Finds out why Airflow in this Python does not reach Stratus. Run the folder: `python airflow_doctor`."""
