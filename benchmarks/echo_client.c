/* The load of the echo benchmark: N connections, one thread, epoll.
 *
 * Each connection sends a message, receives the same number of bytes back, and sends the next:
 * one request in flight per connection. Every message begins with a stamp (connection, sequence)
 * which is compared in every answer; every SAMPLE_EVERY-th answer is compared byte for byte.
 * Answers are counted only between the end of the warm-up and the end of the measured time.
 *
 * It does not pipeline, and it does not measure latency.
 *
 *     echo_client HOST PORT CONNECTIONS SIZE SECONDS WARMUP_SECONDS
 *
 * prints one JSON object. Exit 0: all answers were right; 1: a wrong, missing or cut answer;
 * 2: wrong usage.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 1024, SAMPLE_EVERY = 16, STALL_SECONDS = 5 };

struct stamp {
    uint64_t connection;
    uint64_t sequence;
};

struct connection {
    int fd;
    struct stamp stamp;
    size_t sent;
    size_t received;
    uint64_t counted;
};

static char *payload;   /* what follows the stamp, shared by all connections */
static size_t size;     /* of a message, the stamp included */
static uint64_t compared;

static void fail(const char *what) {
    fprintf(stderr, "echo_client: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(1);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void send_rest(struct connection *c) {
    while (c->sent < size) {
        struct iovec parts[2];
        int count = 0;
        if (c->sent < sizeof c->stamp) {
            parts[count].iov_base = (char *)&c->stamp + c->sent;
            parts[count++].iov_len = sizeof c->stamp - c->sent;
        }
        size_t past = c->sent < sizeof c->stamp ? 0 : c->sent - sizeof c->stamp;
        parts[count].iov_base = payload + past;
        parts[count++].iov_len = size - sizeof c->stamp - past;
        ssize_t n = writev(c->fd, parts, count);
        if (n < 0 && errno == EAGAIN) return;
        if (n < 0) fail("write");
        c->sent += (size_t)n;
    }
}

/* Compares the bytes that arrived at offset c->received with those that were sent. */
static void compare(struct connection *c, const char *bytes, size_t n) {
    size_t at = c->received, done = 0;
    for (; done < n && at < sizeof c->stamp; done++, at++)
        if (bytes[done] != ((const char *)&c->stamp)[at]) { errno = 0; fail("the stamp came back changed"); }
    if (done == n || c->stamp.sequence % SAMPLE_EVERY) return;
    if (memcmp(bytes + done, payload + at - sizeof c->stamp, n - done)) { errno = 0; fail("the bytes came back changed"); }
    if (c->received + n == size) compared++;
}

/* Reads what is there; true when the answer is whole. */
static int receive(struct connection *c, char *buffer) {
    ssize_t n = recv(c->fd, buffer, size - c->received, 0);
    if (n < 0 && errno == EAGAIN) return 0;
    if (n < 0) fail("recv");
    if (n == 0) { errno = 0; fail("the server closed a connection in mid-answer"); }
    compare(c, buffer, (size_t)n);
    c->received += (size_t)n;
    return c->received == size;
}

static void next_message(struct connection *c) {
    c->stamp.sequence++;
    c->sent = c->received = 0;
    send_rest(c);
}

static void open_connection(struct connection *c, uint64_t index, const struct sockaddr_in *to, int epoll) {
    struct epoll_event interest = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0) fail("socket");
    if (connect(c->fd, (const struct sockaddr *)to, sizeof *to)) fail("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(c->fd, F_SETFL, fcntl(c->fd, F_GETFL) | O_NONBLOCK);
    c->stamp.connection = index;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &interest)) fail("epoll_ctl");
}

int main(int argc, char **argv) {
    if (argc != 7) {
        fprintf(stderr, "usage: echo_client HOST PORT CONNECTIONS SIZE SECONDS WARMUP_SECONDS\n");
        return 2;
    }
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[2]))};
    size_t connections = strtoul(argv[3], NULL, 10);
    size = strtoul(argv[4], NULL, 10);
    double seconds = atof(argv[5]), warmup = atof(argv[6]);
    if (inet_pton(AF_INET, argv[1], &to.sin_addr) != 1 || !connections || size <= sizeof(struct stamp) || seconds <= 0) {
        fprintf(stderr, "echo_client: an IPv4 address, at least 1 connection, SIZE > 16 and SECONDS > 0, please\n");
        return 2;
    }
    struct connection *all = calloc(connections, sizeof *all);
    char *buffer = malloc(size);
    payload = malloc(size);
    if (!all || !buffer || !payload) fail("memory");
    for (size_t i = 0; i < size; i++) payload[i] = (char)(i * 31 + i / 251);

    int epoll = epoll_create1(0);
    for (size_t i = 0; i < connections; i++) open_connection(&all[i], i, &to, epoll);
    double start = now(), begin = start + warmup, end = begin + seconds, last = start, t = start;
    for (size_t i = 0; i < connections; i++) next_message(&all[i]);

    uint64_t counted = 0, total = 0;
    struct epoll_event events[BATCH];
    while (t < end) {
        int n = epoll_wait(epoll, events, BATCH, 100);
        if (n < 0 && errno != EINTR) fail("epoll_wait");
        t = now();
        if (n > 0) last = t;
        if (t - last > STALL_SECONDS) { errno = 0; fail("no answer for 5 seconds"); }
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (events[i].events & (EPOLLERR | EPOLLHUP)) { errno = 0; fail("a connection broke"); }
            if (c->sent < size) send_rest(c);
            ssize_t whole = 0;
            /* Edge-triggered: a cut answer is read on until EAGAIN; a whole one leaves nothing behind. */
            for (size_t before = c->received; !(whole = receive(c, buffer)) && c->received > before; before = c->received) ;
            if (!whole) continue;
            total++;
            if (t >= begin && t < end) { counted++; c->counted++; }
            next_message(c);
        }
    }
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < connections; i++) {
        if (all[i].counted < least) least = all[i].counted;
        close(all[i].fd);
    }
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    printf("{\"requests\": %llu, \"seconds\": %.6f, \"total\": %llu, \"compared\": %llu, \"least\": %llu, \"connections\": %zu, \"cpu_seconds\": %.6f}\n",
           (unsigned long long)counted, t - begin, (unsigned long long)total, (unsigned long long)compared,
           (unsigned long long)least, connections, cpu);
    return 0;
}
