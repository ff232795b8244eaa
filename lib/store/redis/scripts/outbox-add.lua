-- KEYS: state, outbox, exposed. ARGV: paths.
for i, path in ipairs(ARGV) do
  redis.call('ZADD', KEYS[2], redis.call('HINCRBY', KEYS[1], 'changes', 1), path)
  redis.call('HDEL', KEYS[3], path)
end
