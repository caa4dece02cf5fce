#include "text/mime.h"
#include "text/html_text.h"
#include <ctype.h>
#include <gmime/gmime.h>
#include <pthread.h>
#include <stdlib.h>

#define DEPTH_MAX       30
#define PARTS_MAX       1000
#define ATTACHMENTS_MAX 200
#define HOPS_MAX        100 // RFC 5321, 6.3
#define OWN_MARK        "X-Tocsin"
#define HEADERS_MAX     262144 // bytes of all headers, those of parts too
#define BOUNDARIES_MAX  2000
#define HTML_MAX        1048576

void mime_start(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT; // the library counts without a lock
    pthread_once(&once, g_mime_init);
}

struct reader {
    arena *arena;
    struct mime_mail *mail;
    size_t parts;
};

static str keep(arena *a, const char *text) { return text ? arena_str(a, str_of(text)) : STR(""); }

// --- text ---

// Bytes that claim to be no UTF-8, or wrongly to be it, are what they mostly are then.
static void put_latin1(buf *out, str s) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < 0x80) buf_char(out, (char)c);
        else {
            buf_char(out, (char)(0xc0 | c >> 6));
            buf_char(out, (char)(0x80 | (c & 0x3f)));
        }
    }
}

static void put_utf8(buf *out, str s) {
    if (!s.len) return;
    if (str_is_utf8(s)) buf_str(out, s);
    else put_latin1(out, s);
}

// A header, decoded; never invalid UTF-8.
static str header(const struct reader *r, GMimeMessage *m, const char *name) {
    const char *text = g_mime_object_get_header(GMIME_OBJECT(m), name);
    if (!text || str_is_utf8(str_of(text))) return keep(r->arena, text);
    buf out = {0};
    put_latin1(&out, str_of(text));
    str kept = arena_str(r->arena, buf_view(&out));
    buf_free(&out);
    return kept;
}

static bool is_ascii_charset(const char *charset) {
    return !charset || str_is_nocase(str_of(charset), STR("utf-8")) || str_is_nocase(str_of(charset), STR("us-ascii"));
}

// What a text part says, in UTF-8 with plain line ends.
static void read_text(GMimePart *part, buf *out) {
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    const char *charset = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
    if (!content) return;
    GMimeStream *memory = g_mime_stream_mem_new(), *through = g_mime_stream_filter_new(memory);
    GMimeFilter *recode = is_ascii_charset(charset) ? NULL : g_mime_filter_charset_new(charset, "utf-8");
    if (recode) {
        g_mime_stream_filter_add(GMIME_STREAM_FILTER(through), recode);
        g_object_unref(recode);
    }
    g_mime_data_wrapper_write_to_stream(content, through);
    g_mime_stream_flush(through);
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    put_utf8(out, (str){(const char *)bytes->data, bytes->len});
    g_object_unref(through);
    g_object_unref(memory);
}

static size_t size_of(GMimePart *part) {
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    if (!content) return 0;
    GMimeStream *counter = g_mime_stream_null_new();
    g_mime_data_wrapper_write_to_stream(content, counter);
    size_t n = GMIME_STREAM_NULL(counter)->written;
    g_object_unref(counter);
    return n;
}

// --- parts ---

static void attach(struct reader *r, GMimeObject *part, const char *name, size_t size) {
    struct mime_mail *m = r->mail;
    if (m->attachment_count == ATTACHMENTS_MAX) return;
    if (!m->attachments) m->attachments = arena_alloc(r->arena, ATTACHMENTS_MAX * sizeof *m->attachments);
    GMimeContentType *type = g_mime_object_get_content_type(part);
    char *text = type ? g_mime_content_type_get_mime_type(type) : NULL;
    buf shown = {0};
    if (name) put_utf8(&shown, str_of(name));
    m->attachments[m->attachment_count++] =
        (struct mime_attachment){arena_str(r->arena, buf_view(&shown)), keep(r->arena, text), size};
    buf_free(&shown);
    g_free(text);
}

static bool is_type(GMimeObject *o, const char *type, const char *subtype) {
    GMimeContentType *t = g_mime_object_get_content_type(o);
    return t && g_mime_content_type_is_type(t, type, subtype);
}

static bool is_blank(const buf *text) { return !str_trim(buf_view(text)).len; }

static void put_paragraph(buf *out, str text) {
    text = str_trim(text);
    if (!text.len) return;
    if (out->len) buf_lit(out, "\n\n");
    while (text.len) {
        const char *cr = memmem(text.ptr, text.len, "\r\n", 2);
        size_t n = cr ? (size_t)(cr - text.ptr) : text.len;
        buf_put(out, text.ptr, n);
        text = str_from(text, n + (cr != NULL));
    }
}

static void read_leaf(struct reader *r, GMimePart *part, buf *out) {
    GMimeObject *o = GMIME_OBJECT(part);
    buf text = {0}, shown = {0};
    bool is_html = is_type(o, "text", "html"), is_plain = is_type(o, "text", "plain");
    if (g_mime_part_is_attachment(part) || (!is_html && !is_plain)) {
        attach(r, o, g_mime_part_get_filename(part), size_of(part));
        return;
    }
    read_text(part, &text);
    if (is_html) html_text(&shown, (str){text.ptr, str_utf8_cut(buf_view(&text), HTML_MAX)});
    put_paragraph(out, buf_view(is_html ? &shown : &text));
    buf_free(&text);
    buf_free(&shown);
}

static void read_part(struct reader *r, GMimeObject *o, int depth, buf *out);

// The plain form of a text, or else the first that says something. Attachments of all of them are named.
static void read_alternative(struct reader *r, GMimeMultipart *m, int depth, buf *out) {
    buf best = {0};
    bool is_plain = false;
    for (int i = 0, n = g_mime_multipart_get_count(m); i < n && r->parts < PARTS_MAX; i++) {
        GMimeObject *o = g_mime_multipart_get_part(m, i);
        buf one = {0};
        read_part(r, o, depth + 1, &one);
        bool is_better = !is_blank(&one) && (is_blank(&best) || (!is_plain && is_type(o, "text", "plain")));
        if (is_better) {
            buf_free(&best);
            best = one;
            is_plain = is_type(o, "text", "plain");
        } else buf_free(&one);
    }
    put_paragraph(out, buf_view(&best));
    buf_free(&best);
}

static void read_multipart(struct reader *r, GMimeMultipart *m, int depth, buf *out) {
    for (int i = 0, n = g_mime_multipart_get_count(m); i < n && r->parts < PARTS_MAX; i++)
        read_part(r, g_mime_multipart_get_part(m, i), depth + 1, out);
}

static void attach_message(struct reader *r, GMimeMessagePart *part) {
    GMimeMessage *inner = g_mime_message_part_get_message(part);
    attach(r, GMIME_OBJECT(part), inner ? g_mime_message_get_subject(inner) : NULL, 0);
}

static void read_part(struct reader *r, GMimeObject *o, int depth, buf *out) {
    if (!o || depth > DEPTH_MAX || r->parts++ >= PARTS_MAX) return;
    if (GMIME_IS_MULTIPART(o)) {
        if (is_type(o, "multipart", "alternative")) read_alternative(r, GMIME_MULTIPART(o), depth, out);
        else read_multipart(r, GMIME_MULTIPART(o), depth, out);
    } else if (GMIME_IS_MESSAGE_PART(o)) attach_message(r, GMIME_MESSAGE_PART(o));
    else if (GMIME_IS_PART(o)) read_leaf(r, GMIME_PART(o), out);
}

// --- what is no alert ---

static bool begins_with(str s, const char *word) {
    size_t n = strlen(word);
    return s.len >= n && str_is_nocase((str){s.ptr, n}, str_of(word)) &&
           (s.len == n || !isalnum((unsigned char)s.ptr[n]));
}

// Monitors say auto-generated of their mails too, and lists and bulk are how some of them send: those are alerts.
static const char *refusal_of(const struct reader *r, GMimeMessage *m) {
    str automatic = str_trim(header(r, m, "Auto-Submitted")), precedence = str_trim(header(r, m, "Precedence"));
    bool is_bulk = begins_with(precedence, "bulk");
    int hops = 0;
    GMimeHeaderList *all = g_mime_object_get_header_list(GMIME_OBJECT(m));
    for (int i = 0, n = g_mime_header_list_get_count(all); i < n; i++)
        hops +=
            str_is_nocase(str_of(g_mime_header_get_name(g_mime_header_list_get_header_at(all, i))), STR("Received"));
    if (g_mime_object_get_header(GMIME_OBJECT(m), OWN_MARK)) return "was sent by Tocsin";
    if (hops > HOPS_MAX) return "goes in circles: it has passed more than 100 servers";
    if (begins_with(automatic, "auto-replied") || begins_with(automatic, "auto-notified"))
        return "is an automatic answer";
    if (begins_with(precedence, "auto_reply") || begins_with(precedence, "junk")) return "is an automatic answer";
    if (is_bulk && header(r, m, "In-Reply-To").len) return "is an automatic answer";
    if (header(r, m, "X-Autoreply").len || header(r, m, "X-Autorespond").len) return "is an automatic answer";
    if (str_is(str_trim(header(r, m, "Return-Path")), STR("<>"))) return "is a bounce";
    GMimeObject *top = g_mime_message_get_mime_part(m);
    if (top && is_type(top, "multipart", "report")) return "is a report about another mail";
    return NULL;
}

// --- the whole ---

static const char *first_address(InternetAddressList *list, int depth) {
    for (int i = 0, n = list ? internet_address_list_length(list) : 0; i < n && depth < 3; i++) {
        InternetAddress *one = internet_address_list_get_address(list, i);
        const char *found = NULL;
        if (INTERNET_ADDRESS_IS_MAILBOX(one)) found = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one));
        else if (INTERNET_ADDRESS_IS_GROUP(one))
            found = first_address(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(one)), depth + 1);
        if (found && *found) return found;
    }
    return NULL;
}

static void read_message(struct reader *r, GMimeMessage *m) {
    struct mime_mail *out = r->mail;
    buf text = {0};
    const char *from = first_address(g_mime_message_get_from(m), 0);
    out->from = from && str_is_utf8(str_of(from)) ? keep(r->arena, from) : str_trim(header(r, m, "From"));
    out->subject = str_trim(header(r, m, "Subject"));
    out->to = header(r, m, "To");
    out->cc = header(r, m, "Cc");
    out->date = header(r, m, "Date");
    out->message_id = str_trim(header(r, m, "Message-Id"));
    out->in_reply_to = str_trim(header(r, m, "In-Reply-To"));
    out->refusal = refusal_of(r, m);
    read_part(r, g_mime_message_get_mime_part(m), 0, &text);
    out->text = arena_str(r->arena, buf_view(&text));
    buf_free(&text);
}

static GMimeParserOptions *new_options(void) {
    static const char *charsets[] = {"utf-8", "iso-8859-1", NULL};
    GMimeParserOptions *options = g_mime_parser_options_new();
    g_mime_parser_options_set_fallback_charsets(options, charsets);
    return options;
}

// As much of a mail as is read in bounded time: millions of headers or parts have only one purpose.
static str bounded(str bytes) {
    size_t at = 0, headers = 0, boundaries = 0;
    for (bool is_header = true; at < bytes.len;) {
        const char *line = bytes.ptr + at, *end = memchr(line, '\n', bytes.len - at);
        size_t n = end ? (size_t)(end - line) + 1 : bytes.len - at;
        bool is_boundary = n > 2 && line[0] == '-' && line[1] == '-';
        bool is_blank_line = n <= 2 && (line[0] == '\r' || line[0] == '\n');
        is_header = is_boundary || (is_header && !is_blank_line);
        boundaries += is_boundary;
        headers += is_header ? n : 0;
        if (headers > HEADERS_MAX || boundaries > BOUNDARIES_MAX) break;
        at += n;
    }
    return (str){bytes.ptr, at};
}

void mime_parse(arena *a, str bytes, struct mime_mail *out) {
    struct reader r = {a, out, 0};
    str none = STR("");
    *out = (struct mime_mail){none, none, none, none, none, none, none, none, NULL, 0, NULL};
    bytes = bounded(bytes);
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes.len ? bytes.ptr : "", bytes.len);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeParserOptions *options = new_options();
    GMimeMessage *message = g_mime_parser_construct_message(parser, options);
    if (message) read_message(&r, message);
    if (message) g_object_unref(message);
    g_mime_parser_options_free(options);
    g_object_unref(parser);
    g_object_unref(stream);
}

static void put_member(buf *out, const char *name, str value, bool is_null) {
    buf_printf(out, ",\"%s\":", name);
    if (is_null) buf_lit(out, "null");
    else buf_json(out, value);
}

static void put_attachments(buf *out, const struct mime_mail *m) {
    buf_lit(out, ",\"attachments\":[");
    for (size_t i = 0; i < m->attachment_count; i++) {
        const struct mime_attachment *one = &m->attachments[i];
        buf_lit(out, "{\"name\":");
        buf_json(out, one->name);
        put_member(out, "type", one->type, false);
        buf_printf(out, ",\"size\":%zu}%s", one->size, i + 1 < m->attachment_count ? "," : "");
    }
    buf_lit(out, "]");
}

bool mime_address(str address, str domain, str *token, str *dedup) {
    size_t at = address.len;
    while (at > 0 && address.ptr[at - 1] != '@') at--;
    if (at < 2 || at == address.len) return false;
    str own = str_from(address, at), local = {address.ptr, at - 1};
    if (domain.len && !str_is_nocase(own, domain)) return false;
    bool is_quoted = local.len >= 2 && local.ptr[0] == '"' && local.ptr[local.len - 1] == '"';
    if (is_quoted) local = (str){local.ptr + 1, local.len - 2};
    ptrdiff_t plus = str_find(local, '+');
    *token = plus < 0 ? local : (str){local.ptr, (size_t)plus};
    *dedup = plus < 0 ? STR("") : str_from(local, (size_t)plus + 1);
    return token->len > 0;
}

static void put_goalert(buf *out, const struct mime_mail *m, str sender) {
    buf details = {0};
    buf_printf(&details, "From: %.*s\n\n", STR_FMT(sender));
    buf_str(&details, m->text);
    put_member(out, "summary", m->subject, false);
    put_member(out, "details", buf_view(&details), false);
    buf_free(&details);
}

void mime_payload(buf *out, const struct mime_mail *m, const struct mime_envelope *envelope) {
    buf_lit(out, "{\"subject\":");
    buf_json(out, m->subject);
    put_member(out, "message", m->text, false);
    put_member(out, "sender", m->from.len ? m->from : envelope->sender, false);
    put_member(out, "recipient", envelope->recipient, false);
    put_member(out, "dedup", envelope->dedup, !envelope->dedup.len);
    put_member(out, "to", m->to, !m->to.len);
    put_member(out, "cc", m->cc, !m->cc.len);
    put_member(out, "date", m->date, !m->date.len);
    put_member(out, "message_id", m->message_id, !m->message_id.len);
    put_member(out, "in_reply_to", m->in_reply_to, !m->in_reply_to.len);
    put_attachments(out, m);
    if (envelope->is_goalert) put_goalert(out, m, envelope->sender);
    buf_char(out, '}');
}
