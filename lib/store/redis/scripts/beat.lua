-- Renews a lease. KEYS: leases. ARGV: the connection, for how long a lease lasts, in ms.
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
