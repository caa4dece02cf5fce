// What can be called by name: all filters, tests, methods and functions that are known here.
#include "jinja/filters.h"

// map and its like take others by name; script/program_expression.c makes their nodes.
static const struct callee filters_by_name[] = {
    {.name = "map", .node = node_map},           {.name = "select", .node = node_select},
    {.name = "reject", .node = node_select},     {.name = "selectattr", .node = node_select},
    {.name = "rejectattr", .node = node_select}, {.name = NULL},
};

const struct callee_list callee_lists[] = {
    {"filter", filters_of_text},
    {"filter", filters_of_lists},
    {"filter", filters_of_regex},
    {"filter", filters_of_time},
    {"filter", filters_of_json},
    {"filter", json_of_oncall},
    {"filter", filters_by_name},
    {"test", all_tests},
    {"method", all_methods},
    {"global", all_globals},
    {NULL, NULL},
};

static const struct callee *named(const struct callee *list, str name) {
    for (; list->name; list++)
        if (str_is(name, str_of(list->name))) return list;
    return NULL;
}

const struct callee *filter_named(str name) {
    const struct callee *c = named(filters_of_text, name);
    if (!c) c = named(filters_of_lists, name);
    return c ? c : named(filters_of_json, name);
}
const struct callee *oncall_filter_named(str name) {
    const struct callee *c = named(filters_of_regex, name);
    if (!c) c = named(filters_of_time, name);
    return c ? c : named(json_of_oncall, name);
}
const struct callee *test_named(str name) { return named(all_tests, name); }
const struct callee *method_named(str name) { return named(all_methods, name); }
const struct callee *global_named(str name) { return named(all_globals, name); }
bool is_filter_by_name(str name) { return named(filters_by_name, name) != NULL; }
