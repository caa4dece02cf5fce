--- A file system of a few megabytes for specs, as root or not: a tmpfs in a user and mount namespace of its own.
---
--- A shell in the namespaces holds it, and it ends with that shell, whatever happens to the spec. Only programs that run
--- inside see it. Where namespaces are refused, root mounts it in plain sight.
local uv <const> = require "luv"
local server <const> = require "server"

local M <const> = {}
local Disk <const> = {}
Disk.__index = Disk

local WHY <const> = "this spec needs a small disk. Run it as root, or where `unshare -rm` (package util-linux) may make a "
  .. "user namespace (sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces above 0); it says: "

-- Says a line to the shell → whether it went well, what it printed.
local function say(disk, command)
  disk.out = ""
  disk.stdin:write(command .. "; echo \"= $?\"\n")
  server.wait(function() return disk.code or disk.out:find("= %d+\n$") end, command)
  local text, code = disk.out:match("^(.-)= (%d+)\n$")
  return code == "0", (text or disk.out):match("^%s*(.-)%s*$")
end

-- `command` is a shell that reads its commands from standard input.
local function open_shell(command)
  local disk = setmetatable({ stdin = uv.new_pipe(), stdout = uv.new_pipe(), out = "" }, Disk)
  disk.handle = assert(uv.spawn("sh", { args = { "-c", "exec 2>&1; exec " .. command },
    stdio = { disk.stdin, disk.stdout } }, function(code) disk.code = code end))
  disk.pid = disk.handle:get_pid()
  disk.stdout:read_start(function(_, bytes) disk.out = disk.out .. (bytes or "") end)
  return disk
end

local function close_shell(disk)
  disk.stdin:close()
  server.wait(function() return disk.code end, "the shell of the small disk to end")
  disk.stdout:close()
  disk.handle:close()
  uv.run("nowait")
end

-- A shell that has mounted the disk on its folder; nil and its words when it may not.
local function mount(folder, size, command)
  local disk = open_shell(command)
  local ok, text = say(disk, ("mount -t tmpfs -o size=%s tmpfs '%s'"):format(size, folder))
  if ok then return disk end
  close_shell(disk)
  return nil, text
end

--- small_disk.open("40m") → a disk; programs inside see it at `folder`. An error that says what is missing if there is no way.
function M.open(size)
  local place = server.folder()
  local folder = place .. "/disk"
  assert(uv.fs_mkdir(folder, 448)) -- rwx------
  local disk, why = mount(folder, size, "unshare -rm sh")
  if not disk and uv.getuid() == 0 then
    disk, why = mount(folder, size, "sh")
    if disk then disk.is_plain = true end
  end
  if not disk then
    server.remove(place)
    error(WHY .. why, 0)
  end
  disk.place, disk.folder = place, folder
  return disk
end

--- A program that runs the given one inside.
function Disk:inside(binary)
  if self.is_plain then return binary end
  local path = self.place .. "/inside-" .. binary:match("[^/]*$")
  local file <close> = assert(io.open(path, "w"))
  file:write(("#!/bin/sh\nexec nsenter --target %d --user --mount --preserve-credentials '%s' \"$@\"\n"):format(self.pid, binary))
  assert(uv.fs_chmod(path, 448))
  return path
end

--- A shell command inside → what it printed; it must go well.
function Disk:run(command)
  local ok, text = say(self, command)
  return assert(ok and text, text)
end

function Disk:close()
  if self.is_plain then self:run(("umount '%s'"):format(self.folder)) end
  close_shell(self)
  server.remove(self.place)
end

return M
