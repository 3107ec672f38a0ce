select range as order_id, range * 10 as amount from range(1, 6)
