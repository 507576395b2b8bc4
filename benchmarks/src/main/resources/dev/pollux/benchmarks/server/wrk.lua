-- SPDX-License-Identifier: Apache-2.0
-- What wrk has seen, as Observed reads it.
done = function(summary, latency)
  local errors = summary.errors
  if errors.connect + errors.read + errors.write + errors.status + errors.timeout > 0 then
    io.write("wrk counted errors\n")
    return
  end
  io.write(string.format("messages %d %d %d\n", summary.requests, summary.duration * 1000, summary.requests))
  for i = 1, #latency do
    local micros, count = latency(i)
    io.write(string.format("%d %d\n", micros * 1000, count))
  end
end
