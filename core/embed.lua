--- Writes an assembler file that embeds files: lua embed.lua ROOT BROWSER OUTPUT FILE…
--- Each FILE, a path under ROOT, becomes one `struct asset` (see base/asset.h) in the table `assets`, ended by a null
--- name; so does all that is in the folder BROWSER (made by vendor/browser.sh), as "browser/<name>".
local root, browser, output = arg[1], arg[2], arg[3]
local files <const> = {}
for i = 4, #arg do files[#files + 1] = { name = arg[i], path = root .. "/" .. arg[i] } end
for name in assert(io.popen("ls '" .. browser .. "'")):lines() do
  files[#files + 1] = { name = "browser/" .. name, path = browser .. "/" .. name }
end
local out <close> = assert(io.open(output, "w"))
local function quote(s) return '"' .. s:gsub('[\\"]', "\\%0") .. '"' end

out:write(".section .rodata\n")
for i, file in ipairs(files) do
  out:write(("name_%d: .asciz %s\ndata_%d: .incbin %s\nend_%d: .byte 0\n"):format(i, quote(file.name), i, quote(file.path), i))
end
out:write('.section .data.rel.ro,"aw"\n.balign 8\n.global assets\nassets:\n')
for i in ipairs(files) do
  out:write((".quad name_%d, data_%d, end_%d - data_%d\n"):format(i, i, i, i))
end
out:write('.quad 0, 0, 0\n.section .note.GNU-stack,"",@progbits\n')
