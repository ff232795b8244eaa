-- Makes pages of the build known, unless something newer is. KEYS: revisions, dependencies. ARGV: path,
-- revision and dependencies of each.
for i = 1, #ARGV, 3 do
  if redis.call('HSETNX', KEYS[1], ARGV[i], '0 ' .. ARGV[i + 1]) == 1 then
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 2])
  end
end
