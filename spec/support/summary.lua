--- busted output: each failure with its place and message, the seconds, and `N passed, N failed` last.
return function()
  local handler = require "busted.outputHandlers.base" ()
  local busted = require "busted"
  local started_at = os.time()
  local passed, failed, skipped = 0, 0, 0

  local function name_of(element)
    return handler.getFullName(element)
  end

  function handler.testEnd(element, _, status)
    if status == "success" then passed = passed + 1
    elseif status == "pending" then skipped = skipped + 1
      io.write("SKIPPED ", name_of(element), "\n")
    else failed = failed + 1 end
    return nil, true
  end

  function handler.trouble(element, _, message, trace)
    if type(message) == "table" then message = message.message or require("pl.pretty").write(message) end
    local at = element.trace or trace or {}
    io.write(("FAILED %s\n  %s:%s\n  %s\n"):format(name_of(element) or "?", at.short_src or "?", at.currentline or "?",
      tostring(message):gsub("\n", "\n  ")))
    if trace and trace.traceback then io.write(trace.traceback, "\n") end
    io.flush()
    return nil, true
  end

  function handler.errorOutside(element, parent, message, trace)
    if element.descriptor ~= "it" then failed = failed + 1 end
    return handler.trouble(element, parent, message, trace)
  end

  function handler.finished()
    io.write(("%d seconds\n"):format(os.time() - started_at))
    if skipped > 0 then io.write(skipped, " skipped\n") end
    io.write(("%d passed, %d failed\n"):format(passed, failed))
    io.flush()
    return nil, true
  end

  busted.subscribe({ "test", "end" }, handler.testEnd, { predicate = handler.cancelOnPending })
  busted.subscribe({ "suite", "end" }, handler.finished)
  busted.subscribe({ "error" }, handler.errorOutside)
  busted.subscribe({ "failure" }, handler.errorOutside)
  return handler
end
