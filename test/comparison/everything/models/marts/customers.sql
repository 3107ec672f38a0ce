select customer, sum(amount) as amount, {{ doubled('sum(amount)') }} as twice from {{ ref('orders') }} group by customer
