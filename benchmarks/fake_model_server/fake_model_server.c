/* An OpenAI-compatible endpoint that is never the bottleneck: it streams as many chunks as asked for.
 *
 *   fake_model_server 9000
 *
 * The model's name is the order: `fake-n2000-r60-t` answers with 2,000 chunks, 60 a second, each with
 * the time it was sent, " t=<CLOCK_MONOTONIC us>"; without `-t` each chunk is a short word, and r0 is
 * full speed. An order in brackets in the prompt, `[fake-n50-r0]`, goes before the model's name, so that
 * one server takes meetings of all kinds. As real servers do, every chunk is one server-sent event in one HTTP chunk.
 * Without "stream" the same text comes as one JSON object. GET /v1/models lists two such models.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CONNECTIONS = 4096, OUT_SIZE = 1 << 16, EVENT_ROOM = 1024, FIRST_BUFFER = 1 << 14, TICK_US = 500 };

typedef struct {
    int fd;
    char *in, *out;
    size_t in_used, in_size, out_used, out_sent;
    bool streaming, stamped, with_usage, writable_wanted;
    long chunks, sent_chunks, prompt_tokens;
    double rate;
    int64_t started;
    char model[128];
} Connection;

static Connection *connections[MAX_CONNECTIONS]; /* By file descriptor. */
static int poll, highest;

static int64_t clock_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Output */

static void append(Connection *c, const char *text, size_t length) {
    memcpy(c->out + c->out_used, text, length);
    c->out_used += length;
}

static void append_event(Connection *c, const char *json) {
    size_t length = strlen(json);
    c->out_used += (size_t)sprintf(c->out + c->out_used, "%zx\r\ndata: ", length + 8);
    append(c, json, length);
    append(c, "\n\n\r\n", 4);
}

static void append_chunk(Connection *c, const char *delta, const char *finish) {
    char json[EVENT_ROOM - 64];
    snprintf(json, sizeof json,
             "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1767225600,\"model\":\"%s\","
             "\"choices\":[{\"index\":0,\"delta\":%s,\"logprobs\":null,\"finish_reason\":%s}]}",
             c->model, delta, finish);
    append_event(c, json);
}

static void append_content(Connection *c) {
    char delta[96];
    if (c->stamped)
        snprintf(delta, sizeof delta, "{\"content\":\" t=%ld\"}", (long)clock_us());
    else
        strcpy(delta, "{\"content\":\" word\"}");
    append_chunk(c, delta, "null");
    c->sent_chunks++;
}

static void append_end(Connection *c) {
    char json[EVENT_ROOM - 64];
    append_chunk(c, "{}", "\"stop\"");
    if (c->with_usage) {
        snprintf(json, sizeof json,
                 "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1767225600,\"model\":\"%s\","
                 "\"choices\":[],\"usage\":{\"prompt_tokens\":%ld,\"completion_tokens\":%ld,\"total_tokens\":%ld}}",
                 c->model, c->prompt_tokens, c->chunks, c->prompt_tokens + c->chunks);
        append_event(c, json);
    }
    append_event(c, "[DONE]");
    append(c, "0\r\n\r\n", 5);
    c->streaming = false;
}

/* Puts what is due into the buffer, as far as it has room. */
static void produce(Connection *c, int64_t now) {
    long due = c->rate > 0 ? (long)((double)(now - c->started) * c->rate / 1e6) : c->chunks;
    if (due > c->chunks) due = c->chunks;
    while (c->streaming && c->out_used < OUT_SIZE - 4 * EVENT_ROOM) {
        if (c->sent_chunks < due)
            append_content(c);
        else if (c->sent_chunks == c->chunks)
            append_end(c);
        else
            return;
    }
}

static void want_writable(Connection *c, bool wanted) {
    struct epoll_event wish = {.events = EPOLLIN | (wanted ? EPOLLOUT : 0), .data.fd = c->fd};
    if (c->writable_wanted == wanted) return;
    c->writable_wanted = wanted;
    epoll_ctl(poll, EPOLL_CTL_MOD, c->fd, &wish);
}

static void hang_up(Connection *c) {
    close(c->fd);
    connections[c->fd] = NULL;
    free(c->in);
    free(c->out);
    free(c);
}

/* Sends what is in the buffer. False when the peer is gone, and the connection with it. */
static bool flush(Connection *c) {
    while (c->out_sent < c->out_used) {
        ssize_t sent = send(c->fd, c->out + c->out_sent, c->out_used - c->out_sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) {
            hang_up(c);
            return false;
        }
        if (sent < 0) break;
        c->out_sent += (size_t)sent;
    }
    if (c->out_sent == c->out_used) c->out_sent = c->out_used = 0;
    want_writable(c, c->out_used > 0 || (c->streaming && c->rate == 0));
    return true;
}

static bool advance(Connection *c, int64_t now) {
    if (c->out_used == 0 && c->streaming) produce(c, now);
    return flush(c);
}

/* Requests */

static const char *value_of(const char *body, const char *key) {
    const char *at = strstr(body, key);
    if (!at) return "";
    at += strlen(key);
    while (*at == ' ' || *at == ':') at++;
    return at;
}

static void read_order(Connection *c, const char *body) {
    const char *part, *prompted = strstr(body, "[fake-");
    char order[sizeof c->model];
    if (prompted)
        snprintf(order, sizeof order, "%.*s", (int)strcspn(prompted, "]"), prompted);
    else
        strcpy(order, c->model);
    c->chunks = (part = strstr(order, "-n")) ? atol(part + 2) : 200;
    c->rate = (part = strstr(order, "-r")) ? atof(part + 2) : 0;
    c->stamped = strstr(order, "-t") != NULL;
}

static void answer_json(Connection *c, const char *status, const char *json, size_t length) {
    c->out_used += (size_t)sprintf(c->out + c->out_used,
                                   "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", status,
                                   length);
    append(c, json, length);
}

static void answer_whole(Connection *c) {
    size_t room = (size_t)c->chunks * 5 + EVENT_ROOM, length = 0;
    char *json = malloc(room);
    c->out = realloc(c->out, room + OUT_SIZE);
    length += (size_t)sprintf(json, "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1767225600,"
                                    "\"model\":\"%s\",\"choices\":[{\"index\":0,\"finish_reason\":\"stop\","
                                    "\"message\":{\"role\":\"assistant\",\"content\":\"", c->model);
    for (long i = 0; i < c->chunks; i++, length += 5) memcpy(json + length, " word", 5);
    length += (size_t)sprintf(json + length, "\"}}],\"usage\":{\"prompt_tokens\":%ld,\"completion_tokens\":%ld,"
                                             "\"total_tokens\":%ld}}", c->prompt_tokens, c->chunks,
                              c->prompt_tokens + c->chunks);
    answer_json(c, "200 OK", json, length);
    free(json);
}

static void answer_chat(Connection *c, const char *body, size_t length) {
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    const char *model = value_of(body, "\"model\"");
    if (*model == '"') snprintf(c->model, sizeof c->model, "%.*s", (int)strcspn(model + 1, "\""), model + 1);
    c->prompt_tokens = (long)length / 4;
    read_order(c, body);
    if (strncmp(value_of(body, "\"stream\""), "true", 4) != 0) {
        answer_whole(c);
        return;
    }
    c->with_usage = strncmp(value_of(body, "\"include_usage\""), "true", 4) == 0;
    c->sent_chunks = 0;
    c->started = clock_us();
    c->streaming = true;
    append(c, head, sizeof head - 1);
    append_chunk(c, "{\"role\":\"assistant\",\"content\":\"\"}", "null");
}

static const char MODELS[] = "{\"object\":\"list\",\"data\":[{\"id\":\"fake-n2000-r60\",\"object\":\"model\"},"
                             "{\"id\":\"fake-n2000-r0\",\"object\":\"model\"}]}";
static const char NOT_FOUND[] = "{\"error\":{\"message\":\"There are /v1/models and /v1/chat/completions.\"}}";

/* Takes one request out of the buffer when it is complete. */
static void take_request(Connection *c) {
    c->in[c->in_used] = 0;
    char *end = strstr(c->in, "\r\n\r\n");
    if (!end || c->streaming) return;
    const char *field = strcasestr(c->in, "\r\ncontent-length:");
    size_t head = (size_t)(end + 4 - c->in), length = field && field < end ? strtoul(field + 17, NULL, 10) : 0;
    if (c->in_used < head + length) return;
    char *body = c->in + head, after = body[length];
    body[length] = 0;
    if (strncmp(c->in, "POST", 4) == 0 && strstr(c->in, "/chat/completions"))
        answer_chat(c, body, length);
    else if (strncmp(c->in, "GET", 3) == 0 && strstr(c->in, "/models"))
        answer_json(c, "200 OK", MODELS, sizeof MODELS - 1);
    else
        answer_json(c, "404 Not Found", NOT_FOUND, sizeof NOT_FOUND - 1);
    body[length] = after;
    c->in_used -= head + length;
    memmove(c->in, body + length, c->in_used);
}

static bool read_some(Connection *c) {
    if (c->in_size - c->in_used < FIRST_BUFFER) c->in = realloc(c->in, c->in_size *= 2);
    ssize_t got = recv(c->fd, c->in + c->in_used, c->in_size - c->in_used - 1, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return true;
    if (got <= 0) {
        hang_up(c);
        return false;
    }
    c->in_used += (size_t)got;
    take_request(c);
    return true;
}

static void welcome(int server) {
    int fd = accept(server, NULL, NULL), on = 1;
    struct epoll_event wish = {.events = EPOLLIN, .data.fd = fd};
    if (fd < 0) return;
    if (fd >= MAX_CONNECTIONS) {
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Connection *c = connections[fd] = calloc(1, sizeof *c);
    c->fd = fd;
    c->in = malloc(c->in_size = 2 * FIRST_BUFFER);
    c->out = malloc(OUT_SIZE);
    if (fd > highest) highest = fd;
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &wish);
}

static int listen_on(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int server = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct epoll_event wish = {.events = EPOLLIN, .data.fd = server};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(server, (struct sockaddr *)&address, sizeof address) || listen(server, 1024)) {
        perror("fake_model_server");
        exit(1);
    }
    epoll_ctl(poll, EPOLL_CTL_ADD, server, &wish);
    return server;
}

/* Sends what is due on paced streams; returns how long nothing will be. */
static int64_t pace(int64_t now) {
    int64_t next = now + 1000000;
    for (int fd = 0; fd <= highest; fd++) {
        Connection *c = connections[fd];
        if (!c || !c->streaming || c->rate == 0 || !advance(c, now) || !c->streaming) continue;
        int64_t due = c->started + (int64_t)((double)(c->sent_chunks + 1) * 1e6 / c->rate);
        if (due < next) next = due;
    }
    return next - now > TICK_US ? next - now : TICK_US;
}

int main(int count, char **words) {
    struct epoll_event ready[256];
    if (count != 2) {
        fprintf(stderr, "usage: fake_model_server PORT\n");
        return 2;
    }
    poll = epoll_create1(EPOLL_CLOEXEC);
    int server = listen_on(atoi(words[1]));
    printf("{\"ready\": true}\n");
    fflush(stdout);
    for (;;) {
        int64_t patience = pace(clock_us());
        struct timespec timeout = {.tv_sec = patience / 1000000, .tv_nsec = patience % 1000000 * 1000};
        int events = epoll_pwait2(poll, ready, 256, &timeout, NULL);
        for (int i = 0; i < events; i++) {
            int fd = ready[i].data.fd;
            if (fd == server) {
                welcome(server);
                continue;
            }
            Connection *c = connections[fd];
            if (!c || (ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR) && !read_some(c))) continue;
            advance(c, clock_us());
            if (!c->streaming && c->in_used) take_request(c);
        }
    }
}
