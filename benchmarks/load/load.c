/* Many WebSocket viewers in one thread: counts what arrives, when, and in which order.
 *
 *   load --port 8000 --path '/ws?session_id=a' --connections 100 --expect 5000
 *
 * Prints {"connected": N} once all are open, then one JSON object when every reading connection is
 * done (has seq `--expect`, or a frame with the text `--last`), or after `--seconds`, or when nothing
 * came for `--idle` seconds. Then it keeps the sockets open until its standard input ends, so that the
 * server's CPU time can be asked for before it has to close them.
 *
 * `--path` may be given several times; connections take them in turn. The last `--stalled` connections
 * never read. `--stamp` is the text before a CLOCK_MONOTONIC time in microseconds, " t=" by default;
 * with `--every-stamp` each one in a frame counts, for frames in which several tokens were gathered.
 * Only token_stream events count: the finished message repeats what was said. Tokens from before all
 * connections were open are counted, but not timed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_PATHS = 4096, FIRST_BUFFER = 1 << 17, STALLED_RECEIVE_BUFFER = 4096, EVENT_NAME_WITHIN = 32 };
enum { OPCODE_TEXT = 1, OPCODE_CLOSE = 8, OPCODE_PING = 9 };

/* Latencies in microseconds, exact below 256, then within 0.8 %. */
enum { STEPS = 128, BUCKETS = STEPS * 40 };

typedef struct {
    int fd;
    bool stalled, done, open;
    int close_code;
    uint8_t *buffer;
    size_t used, size;
    long last_seq, missing, frames;
} Connection;

static struct {
    int port, connections, stalled;
    long expect;
    double seconds, idle;
    const char *host, *last, *stamp;
    const char *paths[MAX_PATHS];
    int path_count;
    bool every_stamp;
} option = {.host = "127.0.0.1", .connections = 1, .seconds = 60, .idle = 5, .stamp = " t="};

static Connection *connections;
static int unfinished;
static long frames, octets, stamps, timed, reordered, repeated, histogram[BUCKETS];
static int64_t now, started, connected, first_frame, last_frame, earliest_stamp = INT64_MAX, longest, latency_sum;

static int64_t clock_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static double own_cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void fail(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, errno ? strerror(errno) : "unexpected answer");
    exit(1);
}

/* Latency histogram */

static int bucket_of(int64_t us) {
    if (us < 0) us = 0;
    int shift = 0;
    while ((us >> shift) >= 2 * STEPS) shift++;
    int bucket = shift * STEPS + (int)(us >> shift);
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static int64_t bucket_value(int bucket) {
    int shift = bucket < 2 * STEPS ? 0 : bucket / STEPS - 1;
    return (int64_t)(bucket - shift * STEPS) << shift;
}

static int64_t percentile(double share) {
    long wanted = (long)(timed * share), seen = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++)
        if ((seen += histogram[bucket]) > wanted) return bucket_value(bucket);
    return longest;
}

static void note_latency(int64_t stamp) {
    int64_t us = now - stamp;
    stamps++;
    if (!connected || stamp < connected) return;
    histogram[bucket_of(us)]++;
    timed++;
    latency_sum += us;
    if (us > longest) longest = us;
    if (stamp < earliest_stamp) earliest_stamp = stamp;
}

/* What is in a frame */

/* The place after `key` in the text, or NULL. Looks first where it was the last time. */
static const uint8_t *after(const uint8_t *text, size_t length, const char *key, size_t *hint) {
    size_t key_length = strlen(key);
    if (*hint + key_length < length && memcmp(text + *hint, key, key_length) == 0) return text + *hint + key_length;
    const uint8_t *found = memmem(text, length, key, key_length);
    if (!found) return NULL;
    *hint = (size_t)(found - text);
    return found + key_length;
}

static int64_t number(const uint8_t *from, const uint8_t *end) {
    int64_t value = 0;
    while (from < end && *from == ' ') from++;
    for (; from < end && *from >= '0' && *from <= '9'; from++) value = value * 10 + (*from - '0');
    return value;
}

static void note_seq(Connection *c, long seq) {
    if (seq == c->last_seq + 1 || c->last_seq == 0) {
        c->last_seq = seq;
    } else if (seq > c->last_seq) {
        c->missing += seq - c->last_seq - 1;
        c->last_seq = seq;
    } else if (seq == c->last_seq) {
        repeated++;
    } else {
        reordered++;
        if (c->missing) c->missing--;
    }
}

static void finish(Connection *c) {
    if (!c->done) unfinished--;
    c->done = true;
}

static void note_text(Connection *c, const uint8_t *text, size_t length) {
    static size_t seq_hint, stamp_hint, data_hint;
    const uint8_t *end = text + length, *at = after(text, length, "\"seq\":", &seq_hint);
    const uint8_t *data = after(text, length, "\"data\":", &data_hint);
    frames++;
    c->frames++;
    octets += length;
    if (!first_frame) first_frame = now;
    last_frame = now;
    if (at && at < data) note_seq(c, number(at, end)); /* One inside the data is not the event's own. */
    bool token = memmem(text, length < EVENT_NAME_WITHIN ? length : EVENT_NAME_WITHIN, "token_stream", 12);
    if (token && (at = after(text, length, option.stamp, &stamp_hint))) {
        note_latency(number(at, end));
        while (option.every_stamp && (at = memmem(at, (size_t)(end - at), option.stamp, strlen(option.stamp))))
            note_latency(number(at += strlen(option.stamp), end));
    }
    if (option.expect && c->last_seq >= option.expect) finish(c);
    if (option.last && memmem(text, length, option.last, strlen(option.last))) finish(c);
}

static void send_pong(Connection *c, const uint8_t *payload, size_t length) {
    uint8_t frame[131] = {0x8a, (uint8_t)(0x80 | length)}; /* A mask of four zeros. */
    memcpy(frame + 6, payload, length);
    if (send(c->fd, frame, length + 6, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) return;
}

static void drop(Connection *c) {
    c->open = false;
    finish(c);
    close(c->fd);
}

/* Reading */

/* Takes one frame from the text; returns its length, or 0 when it is not complete yet. */
static size_t take_frame(Connection *c, const uint8_t *at, size_t available) {
    if (available < 2) return 0;
    size_t head = 2, length = at[1] & 0x7f;
    if (length == 126) {
        if (available < (head = 4)) return 0;
        length = (size_t)at[2] << 8 | at[3];
    } else if (length == 127) {
        if (available < (head = 10)) return 0;
        length = 0;
        for (int i = 2; i < 10; i++) length = length << 8 | at[i];
    }
    if (available < head + length) {
        while (head + length > c->size) c->size *= 2; /* The caller reallocates before it reads on. */
        return 0;
    }
    switch (at[0] & 0x0f) {
    case OPCODE_TEXT: note_text(c, at + head, length); break;
    case OPCODE_PING: send_pong(c, at + head, length); break;
    case OPCODE_CLOSE: c->close_code = length >= 2 ? at[head] << 8 | at[head + 1] : 1005; break;
    }
    return head + length;
}

static void take_frames(Connection *c) {
    size_t taken = 0, length, size = c->size;
    while ((length = take_frame(c, c->buffer + taken, c->used - taken))) taken += length;
    c->used -= taken;
    memmove(c->buffer, c->buffer + taken, c->used);
    if (c->size != size && !(c->buffer = realloc(c->buffer, c->size))) fail("realloc");
}

static void read_some(Connection *c) {
    ssize_t got = recv(c->fd, c->buffer + c->used, c->size - c->used, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        drop(c);
        return;
    }
    now = clock_us();
    c->used += (size_t)got;
    take_frames(c);
}

static void read_all(int poll) {
    struct epoll_event ready[256];
    int64_t end = started + (int64_t)(option.seconds * 1e6), idle = (int64_t)(option.idle * 1e6);
    while (unfinished > 0) {
        int count = epoll_wait(poll, ready, 256, 50);
        for (int i = 0; i < count; i++) {
            Connection *c = ready[i].data.ptr;
            if (c->open) read_some(c);
        }
        int64_t moment = clock_us();
        if (moment > end || (last_frame && moment - last_frame > idle)) return;
    }
}

/* Connecting */

static void shake_hands(Connection *c, const char *path) {
    char request[4096];
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                          path, option.host, option.port);
    if (send(c->fd, request, (size_t)length, 0) != length) fail("send handshake");
    for (;;) {
        ssize_t got = recv(c->fd, c->buffer + c->used, c->size - c->used - 1, 0);
        if (got <= 0) fail("handshake");
        c->used += (size_t)got;
        c->buffer[c->used] = 0;
        char *end = strstr((char *)c->buffer, "\r\n\r\n");
        if (!end) continue;
        if (strncmp((char *)c->buffer, "HTTP/1.1 101", 12) != 0) {
            fprintf(stderr, "load: refused: %.200s\n", (char *)c->buffer);
            exit(1);
        }
        size_t head = (size_t)(end + 4 - (char *)c->buffer);
        memmove(c->buffer, c->buffer + head, c->used -= head);
        return;
    }
}

static void open_connection(Connection *c, const char *path) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)option.port)};
    struct timeval patience = {.tv_sec = 30};
    int on = 1, small = STALLED_RECEIVE_BUFFER;
    inet_pton(AF_INET, option.host, &address.sin_addr);
    if ((c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0) fail("socket");
    if (c->stalled) setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    c->size = FIRST_BUFFER;
    if (!(c->buffer = malloc(c->size))) fail("malloc");
    c->open = true;
    errno = 0;
    shake_hands(c, path);
}

static void open_all(int poll) {
    for (int i = 0; i < option.connections; i++) {
        Connection *c = &connections[i];
        struct epoll_event wish = {.events = EPOLLIN, .data.ptr = c};
        c->stalled = i >= option.connections - option.stalled;
        open_connection(c, option.paths[i % option.path_count]);
        if (c->stalled) continue;
        if (epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &wish) < 0) fail("epoll_ctl");
        unfinished++;
    }
    now = clock_us();
    for (int i = 0; i < option.connections; i++)
        if (!connections[i].stalled) take_frames(&connections[i]); /* What came with the handshake. */
}

/* Reporting */

static long lost(void) {
    long sum = 0;
    for (int i = 0; i < option.connections; i++) {
        sum += connections[i].missing;
    }
    return sum;
}

static int closed(void) {
    int count = 0;
    for (int i = 0; i < option.connections; i++) count += !connections[i].open;
    return count;
}

static int finished(void) {
    int count = 0;
    for (int i = 0; i < option.connections; i++) count += connections[i].done && connections[i].open;
    return count;
}

static void report(double connect_seconds, double cpu_seconds) {
    int64_t begin = stamps && !option.every_stamp ? earliest_stamp : started;
    double seconds = last_frame > begin ? (double)(last_frame - begin) / 1e6 : 0;
    double reading = (double)(clock_us() - started) / 1e6;
    printf("{\"connections\": %d, \"stalled\": %d, \"finished\": %d, \"closed\": %d, \"connect_seconds\": %.4f, "
           "\"frames\": %ld, \"octets\": %ld, \"seconds\": %.6f, \"frames_per_second\": %.0f, "
           "\"stamps\": %ld, \"timed\": %ld, \"p50_us\": %ld, \"p99_us\": %ld, \"max_us\": %ld, \"mean_us\": %.1f, "
           "\"first_frame_us\": %ld, \"lost\": %ld, \"reordered\": %ld, \"repeated\": %ld, \"load_share\": %.3f}\n",
           option.connections, option.stalled, finished(), closed(), connect_seconds, frames, octets, seconds,
           seconds > 0 ? frames / seconds : 0, stamps, timed, (long)percentile(0.50), (long)percentile(0.99), (long)longest,
           timed ? (double)latency_sum / timed : 0, first_frame ? (long)(first_frame - started) : 0L, lost(),
           reordered, repeated, cpu_seconds / reading);
    fflush(stdout);
}

static void read_options(int count, char **words) {
    static const struct option names[] = {
        {"port", 1, 0, 'p'},    {"path", 1, 0, 'a'},    {"connections", 1, 0, 'n'}, {"stalled", 1, 0, 'k'},
        {"expect", 1, 0, 'e'},  {"seconds", 1, 0, 's'}, {"idle", 1, 0, 'i'},        {"last", 1, 0, 'l'},
        {"stamp", 1, 0, 't'},   {"every-stamp", 0, 0, 'v'}, {"host", 1, 0, 'h'},    {0, 0, 0, 0}};
    for (int letter; (letter = getopt_long(count, words, "", names, NULL)) != -1;) switch (letter) {
        case 'p': option.port = atoi(optarg); break;
        case 'a': if (option.path_count < MAX_PATHS) option.paths[option.path_count++] = optarg; break;
        case 'n': option.connections = atoi(optarg); break;
        case 'k': option.stalled = atoi(optarg); break;
        case 'e': option.expect = atol(optarg); break;
        case 's': option.seconds = atof(optarg); break;
        case 'i': option.idle = atof(optarg); break;
        case 'l': option.last = optarg; break;
        case 't': option.stamp = optarg; break;
        case 'v': option.every_stamp = true; break;
        case 'h': option.host = optarg; break;
        default: exit(2);
        }
    if (!option.path_count) option.paths[option.path_count++] = "/";
}

static void allow_many_files(void) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

int main(int count, char **words) {
    read_options(count, words);
    allow_many_files();
    if (!(connections = calloc((size_t)option.connections, sizeof *connections))) fail("calloc");
    int poll = epoll_create1(EPOLL_CLOEXEC);
    started = clock_us();
    open_all(poll);
    connected = clock_us();
    double connect_seconds = (double)(connected - started) / 1e6, cpu = own_cpu_seconds();
    printf("{\"connected\": %d}\n", option.connections);
    fflush(stdout);
    read_all(poll);
    report(connect_seconds, own_cpu_seconds() - cpu);
    while (getchar() != EOF) continue;
    return 0;
}
