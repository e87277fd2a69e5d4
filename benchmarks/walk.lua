-- Asks for the paths of a file, a path a line, again and again; ends with one line of JSON, in microseconds.
local paths, at = {}, 0

function init(args)
  for path in io.lines(args[1]) do
    paths[#paths + 1] = wrk.format("GET", path)
  end
end

function request()
  at = at % #paths + 1
  return paths[at]
end

function done(summary, latency)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  print(string.format(
    '{"duration": %d, "requests": %d, "refused": %d, "broken": %d, "p50": %d, "p95": %d, "p99": %d, "slowest": %d}',
    summary.duration, summary.requests, errors.status, broken,
    latency:percentile(50), latency:percentile(95), latency:percentile(99), latency.max))
end
