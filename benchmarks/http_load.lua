-- The load of the HTTP benchmark, for wrk: `wrk ... -s http_load.lua URL -- DEPTH`.
-- DEPTH requests go in one write, and the next ones when all of them are answered.
-- wrk's own figures are printed as one JSON object, on the last line.

function init(args)
   local one, all = wrk.format("GET", nil, {Host = "127.0.0.1"}), {}
   for place = 1, tonumber(args[1]) do all[place] = one end
   local batch = table.concat(all)
   wrk.format = function() return batch end
end

function done(summary, latency, requests)
   local e = summary.errors
   io.write(string.format(
      '\n{"requests": %d, "seconds": %.6f, "bytes": %d, "errors": %d}\n',
      summary.requests, summary.duration / 1e6, summary.bytes,
      e.connect + e.read + e.write + e.status + e.timeout))
end
