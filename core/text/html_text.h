// HTML as people read it, in plain text: what a mail that has no plain part says.
//
// Blocks and <br> end lines, <li> begins with "* ", <hr> is 32 dashes, a link is its text and its address in brackets,
// white space runs together outside of <pre>, empty lines go. Scripts, styles, titles, comments and tags say nothing.
// Pure, any thread. Linear in the bytes it reads, whatever they are; the text is well-formed UTF-8 when the HTML is.
#pragma once
#include "base/buf.h"

void html_text(buf *out, str html);
