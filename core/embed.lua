--- Writes an assembler file that embeds the given files: lua embed.lua ROOT OUTPUT FILE…
--- Each becomes one `struct asset` (see base/asset.h) in the table `assets`, ended by a null name.
local root, output = arg[1], arg[2]
local out <close> = assert(io.open(output, "w"))
local function quote(s) return '"' .. s:gsub('[\\"]', "\\%0") .. '"' end

out:write(".section .rodata\n")
for i = 3, #arg do
  out:write(("name_%d: .asciz %s\ndata_%d: .incbin %s\nend_%d: .byte 0\n")
    :format(i, quote(arg[i]), i, quote(root .. "/" .. arg[i]), i))
end
out:write('.section .data.rel.ro,"aw"\n.balign 8\n.global assets\nassets:\n')
for i = 3, #arg do
  out:write((".quad name_%d, data_%d, end_%d - data_%d\n"):format(i, i, i, i))
end
out:write('.quad 0, 0, 0\n.section .note.GNU-stack,"",@progbits\n')
