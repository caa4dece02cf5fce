// Integration files of one's own (`--integrations`): the last good text of each, while people edit the folder.
//
// Purpose: Lua states read these texts, not the disk. A look at the folder finds files that changed and stand still; each is
// offered to a judge, and only what the judge lets pass takes the place of the old text. Then the generation grows, by
// which Lua states know that what they keep of files is old (tocsin.asset's `generation`).
// At the start every file is taken as it is: there is no older one.
// Ownership: the caller's; it outlives the scripts. Threads: own_files_look on one; the rest on any.
#pragma once
#include "base/buf.h"
#include "base/err.h"

typedef struct own_files own_files;

struct own_files_judge {
    void *ctx;
    // May this text be the file `name` ("tidewatch.lua")? Says so itself when not. On the thread of own_files_look.
    bool (*is_good)(void *ctx, str name, str text);
    void (*on_taken)(void *ctx, str name, bool is_gone);
};

own_files *own_files_open(const char *folder);
void own_files_free(own_files *f); // accepts NULL
void own_files_look(own_files *f, const struct own_files_judge *judge);
bool own_files_get(own_files *f, const char *name, buf *out); // false: there is none
void own_files_names(own_files *f, buf *out);                 // each ended by a NUL
uint64_t own_files_generation(const own_files *f);
