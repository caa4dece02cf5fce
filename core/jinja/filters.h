// What the files of filters, tests and methods share.
#pragma once
#include "jinja/node.h"
#include "text/text.h"

// Tables that end with a NULL name.
extern const struct callee filters_of_text[], filters_of_lists[], filters_of_regex[], filters_of_time[],
    filters_of_json[], json_of_oncall[], all_tests[], all_methods[], all_globals[];

#define STRIP_SET_MAX 64 // bytes of what is stripped: each is looked for among them

// A function of text/text.h over a text, as a str.
bool filter_apply(struct run *r, text_fn *f, str s, const void *option, jval *out);

// `s % (args…)`; false also when there are more or fewer conversions than arguments.
bool format_text(struct run *r, str s, const jval *args, uint32_t count, jval *out);
call_fn filter_format;

// The truth of an argument that says whether; false when it was not given.
bool argument_truth(const jval *v, bool *out);

// Filters that methods are, too.
bool list_of(struct run *r, const jval *v, jval *out); // a J_LIST of its own
