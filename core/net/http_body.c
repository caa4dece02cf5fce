// Request bodies: the walk over chunks, gzip, and the limits of both.
#include "net/http_body.h"
#include "base/mem.h"
#include <zlib.h>

#define SIZE_DIGITS    8
#define EXTENSION_MAX  256   // in one chunk-size line
#define EXTENSIONS_MAX 16384 // in one body
#define INFLATE_STEP   16384
#define INFLATE_MEMORY 49152 // what zlib takes for its window and tables
#define RATIO_FREE     (1 << 20)
#define RATIO_MAX      200 // real payloads inflate to 10–60 times; past RATIO_FREE bytes this is a bomb

enum { SIZE, EXTENSION, SIZE_LF, DATA, DATA_CR, DATA_LF, TRAILER, NAME, VALUE, VALUE_LF, END_LF, END };

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool on_size(struct http_chunks *c, char byte, const struct http_limits *limits, struct http_refusal *why) {
    int digit = hex_digit(byte);
    if (digit >= 0) {
        if (++c->digits > SIZE_DIGITS)
            return http_refuse(why, 400, "a chunk size has more than %d digits", SIZE_DIGITS);
        c->size = c->size * 16 + (size_t)digit;
        return true;
    }
    if (c->digits == 0 || (byte != ';' && byte != '\r'))
        return http_refuse(why, 400, "a chunk size is not a hexadecimal number");
    if (c->size > limits->body_bytes - c->total)
        return http_refuse(why, 413, "the body is over the limit of %zu bytes", limits->body_bytes);
    c->total += c->size;
    c->extension = 0;
    c->state = byte == ';' ? EXTENSION : SIZE_LF;
    return true;
}

static bool on_extension(struct http_chunks *c, char byte, struct http_refusal *why) {
    if (byte == '\r') {
        c->state = SIZE_LF;
        return true;
    }
    if (byte != '\t' && (byte < 0x20 || byte > 0x7e))
        return http_refuse(why, 400, "a chunk extension holds a control character");
    if (++c->extension > EXTENSION_MAX || ++c->extensions > EXTENSIONS_MAX)
        return http_refuse(why, 400, "chunk extensions are over the limit of %d bytes", EXTENSION_MAX);
    return true;
}

// Trailers are dropped; one that would change the framing if anybody read it is refused.
static bool on_trailer_name(struct http_chunks *c, char byte, struct http_refusal *why) {
    if (byte == ':' && c->name_len > 0) {
        str name = {c->name, c->name_len};
        if (str_is(name, STR("content-length")) || str_is(name, STR("transfer-encoding")) || str_is(name, STR("host")))
            return http_refuse(why, 400, "a trailer may not change the framing");
        c->state = VALUE;
        return true;
    }
    if (!http_is_token_char(byte)) return http_refuse(why, 400, "a trailer line is not `Name: value`");
    if (c->name_len < sizeof c->name) c->name[c->name_len++] = byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
    return true;
}

static bool on_trailer(struct http_chunks *c, char byte, const struct http_limits *limits, struct http_refusal *why) {
    if (++c->trailer_bytes > limits->header_bytes)
        return http_refuse(why, 431, "the trailers are over the limit of %zu bytes", limits->header_bytes);
    if (c->state == NAME) return on_trailer_name(c, byte, why);
    if (c->state == VALUE) {
        if (byte == '\r') c->state = VALUE_LF;
        else if (byte != '\t' && ((unsigned char)byte < 0x20 || byte == 0x7f))
            return http_refuse(why, 400, "a trailer holds a control character");
        return true;
    }
    if (byte == '\r') { // TRAILER: the empty line that ends the body
        c->state = END_LF;
        return true;
    }
    if (++c->trailer_count > limits->header_count)
        return http_refuse(why, 431, "the request has more trailers than the limit of %zu", limits->header_count);
    c->state = NAME;
    c->name_len = 0;
    return on_trailer_name(c, byte, why);
}

static bool expect(struct http_chunks *c, char byte, char wanted, int next, struct http_refusal *why) {
    if (byte != wanted) return http_refuse(why, 400, "a line in the chunked body does not end with CR LF");
    c->state = next;
    return true;
}

static bool on_size_lf(struct http_chunks *c, char byte, struct http_refusal *why) {
    c->left = c->size;
    int next = c->size ? DATA : TRAILER;
    c->size = 0;
    c->digits = 0;
    return expect(c, byte, '\n', next, why);
}

static bool on_byte(struct http_chunks *c, char byte, const struct http_limits *limits, struct http_refusal *why) {
    switch (c->state) {
    case SIZE: return on_size(c, byte, limits, why);
    case EXTENSION: return on_extension(c, byte, why);
    case SIZE_LF: return on_size_lf(c, byte, why);
    case DATA_CR: return expect(c, byte, '\r', DATA_LF, why);
    case DATA_LF: return expect(c, byte, '\n', SIZE, why);
    case VALUE_LF: return expect(c, byte, '\n', TRAILER, why);
    case END_LF: return expect(c, byte, '\n', END, why);
    default: return on_trailer(c, byte, limits, why);
    }
}

bool http_chunks_scan(struct http_chunks *c, str bytes, const struct http_limits *limits, size_t *used, bool *is_end,
                      struct http_refusal *why) {
    size_t at = 0;
    while (at < bytes.len && c->state != END) {
        if (c->state == DATA) {
            size_t n = bytes.len - at < c->left ? bytes.len - at : c->left;
            at += n;
            c->left -= n;
            if (c->left == 0) c->state = DATA_CR;
        } else if (!on_byte(c, bytes.ptr[at++], limits, why)) {
            return false;
        }
    }
    *used = at;
    *is_end = c->state == END;
    return true;
}

struct http_inflate {
    z_stream z;
    bool is_member_end; // the gzip member is complete; more bytes would be a further member
};

void http_body_open(struct http_body *b, size_t limit, bool is_gzip) {
    *b = (struct http_body){.limit = limit};
    if (!is_gzip) return;
    b->inflate = NEW(struct http_inflate);
    CHECK(inflateInit2(&b->inflate->z, 16 + MAX_WBITS) == Z_OK);
}

static void free_inflate(struct http_body *b) {
    if (!b->inflate) return;
    inflateEnd(&b->inflate->z);
    mem_free(b->inflate);
    b->inflate = NULL;
}

void http_body_free(struct http_body *b) {
    free_inflate(b);
    buf_free(&b->bytes);
}

static bool check_inflated(const struct http_body *b, struct http_refusal *why) {
    if (b->bytes.len > b->limit)
        return http_refuse(why, 413, "the inflated body is over the limit of %zu bytes", b->limit);
    if (b->bytes.len > RATIO_FREE && b->bytes.len / RATIO_MAX > b->wire)
        return http_refuse(why, 413, "the body inflates to more than %d times its size", RATIO_MAX);
    return true;
}

static bool inflate_span(struct http_body *b, str wire, struct http_refusal *why) {
    z_stream *z = &b->inflate->z;
    z->next_in = (Bytef *)(uintptr_t)wire.ptr;
    z->avail_in = (uInt)wire.len;
    do {
        if (b->inflate->is_member_end && inflateReset(z) != Z_OK) return http_refuse(why, 400, "the body is not gzip");
        b->inflate->is_member_end = false;
        z->next_out = (Bytef *)buf_reserve(&b->bytes, INFLATE_STEP);
        z->avail_out = INFLATE_STEP;
        int rc = inflate(z, Z_NO_FLUSH);
        b->bytes.len += INFLATE_STEP - z->avail_out;
        if (!check_inflated(b, why)) return false;
        if (rc == Z_STREAM_END) b->inflate->is_member_end = true;
        else if (rc != Z_OK && rc != Z_BUF_ERROR) return http_refuse(why, 400, "the body is not valid gzip");
    } while (z->avail_in > 0 || (z->avail_out == 0 && !b->inflate->is_member_end));
    return true;
}

bool http_body_put(struct http_body *b, str wire, struct http_refusal *why) {
    if (wire.len == 0) return true;
    b->wire += wire.len;
    if (b->inflate) return inflate_span(b, wire, why);
    if (b->bytes.len + wire.len > b->limit)
        return http_refuse(why, 413, "the body is over the limit of %zu bytes", b->limit);
    buf_put(&b->bytes, wire.ptr, wire.len);
    return true;
}

bool http_body_end(struct http_body *b, struct http_refusal *why) {
    bool is_complete = !b->inflate || b->wire == 0 || b->inflate->is_member_end;
    free_inflate(b);
    return is_complete || http_refuse(why, 400, "the gzip body ends too early");
}

size_t http_body_size(const struct http_body *b) { return b->bytes.cap + (b->inflate ? INFLATE_MEMORY : 0); }
