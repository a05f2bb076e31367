/* The limit: the same frames to every viewer from C, so that one sees what the machine can do.
 *
 * Speaks the driver protocol of peers/driver.py: the plan as JSON in BENCH_PLAN, "ready", "go" and
 * "report" as lines. BENCH_BATCH events go out with each send (1 when unset).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int64_t clock_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static long planned(const char *name) {
    char key[64];
    snprintf(key, sizeof key, "\"%s\":", name);
    const char *at = strstr(getenv("BENCH_PLAN"), key);
    return at ? atol(at + strlen(key)) : 0;
}

static void wait_for(const char *word) {
    char line[64];
    while (fgets(line, sizeof line, stdin))
        if (strncmp(line, word, strlen(word)) == 0) return;
    exit(0);
}

static int listen_on(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int server = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(server, (struct sockaddr *)&address, sizeof address) || listen(server, 1024)) {
        perror("limit");
        exit(1);
    }
    return server;
}

/* The load client always sends the key of the RFC's own example, so the answer is the RFC's. */
static const char ACCEPT[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static int accept_viewer(int server) {
    char request[4096];
    int viewer = accept(server, NULL, NULL), on = 1;
    setsockopt(viewer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (recv(viewer, request, sizeof request, 0) <= 0 || send(viewer, ACCEPT, sizeof ACCEPT - 1, 0) < 0) exit(1);
    return viewer;
}

/* Writes one framed event and returns its length. */
static size_t event_frame(char *to, long seq, long size) {
    char text[4096];
    int length = snprintf(text, sizeof text, "{\"event\":\"token_stream\",\"session_id\":\"bench\",\"seq\":%ld,"
                          "\"data\":{\"node_id\":\"n\",\"chunk\":\" t=%ld ", seq, (long)clock_us());
    while (length < size - 3) text[length++] = 'x';
    length += sprintf(text + length, "\"}}");
    to[0] = (char)0x81;
    size_t head = length < 126 ? 2 : 4;
    to[1] = (char)(length < 126 ? length : 126);
    if (head == 4) to[2] = (char)(length >> 8), to[3] = (char)length;
    memcpy(to + head, text, (size_t)length);
    return head + (size_t)length;
}

static void send_all(int viewer, const char *from, size_t length) {
    while (length) {
        ssize_t sent = send(viewer, from, length, MSG_NOSIGNAL);
        if (sent <= 0) return;
        from += sent, length -= (size_t)sent;
    }
}

static void sleep_until(int64_t us) {
    struct timespec due = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR) continue;
}

int main(void) {
    long viewers = planned("viewers"), events = planned("events"), rate = planned("rate"), size = planned("size");
    long batch = getenv("BENCH_BATCH") ? atol(getenv("BENCH_BATCH")) : 1;
    char *buffer = malloc((size_t)batch * 4200);
    int *fds = calloc((size_t)viewers, sizeof *fds), server = listen_on((int)planned("port"));
    printf("{\"ready\": true}\n");
    fflush(stdout);
    for (long i = 0; i < viewers; i++) fds[i] = accept_viewer(server);
    wait_for("go");
    usleep(200000);
    double cpu = cpu_seconds();
    int64_t start = clock_us();
    for (long seq = 1; seq <= events;) {
        size_t length = 0;
        if (rate) sleep_until(start + seq * 1000000 / rate);
        for (long i = 0; i < batch && seq <= events; i++) length += event_frame(buffer + length, seq++, size);
        for (long i = 0; i < viewers; i++) send_all(fds[i], buffer, length);
    }
    wait_for("report");
    printf("{\"cpu_seconds\": %.6f}\n", cpu_seconds() - cpu);
    fflush(stdout);
    wait_for("quit");
    return 0;
}
