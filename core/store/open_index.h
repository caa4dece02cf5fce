// Which groups are open, by integration and grouping hash: kept in memory, rebuilt from the rows at the first look.
//
// An index on disk by a hash touches a page of its own for every group that opens; here that costs nothing, and the
// table's own index of open groups, in order of their ids, is only appended to.
// It follows the rows inside a transaction; after a rollback it is thrown away and rebuilt. Commit thread only.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct open_index open_index;

open_index *open_index_new(void);
void open_index_free(open_index *ix);                                                        // accepts NULL
void open_index_put(open_index *ix, int64_t integration_id, int64_t hash, int64_t group_id); // once for each group
void open_index_del(open_index *ix, int64_t integration_id, int64_t hash, int64_t group_id); // absent: nothing happens
// Ids of the groups under `below`, largest first, at most `max`. Two keys may share a slot by chance: the caller looks at the rows.
size_t open_index_find(const open_index *ix, int64_t integration_id, int64_t hash, int64_t below, int64_t *ids,
                       size_t max);
// Many at once, faster than one by one: room is made once, and the slots are fetched ahead.
struct open_entry {
    int64_t integration_id, hash, group_id;
};
void open_index_fill(open_index *ix, const struct open_entry *list, size_t count);
size_t open_index_count(const open_index *ix);
