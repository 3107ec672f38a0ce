{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='ordered_at', batch_size='year', begin='2026-01-01', lookback=1) }}
select * from {{ ref('orders') }}
