/* The ceiling of the echo benchmark: what one core serves with epoll and no runtime at all.
 *
 * One thread, edge-triggered, registered once, one buffer for all connections. A write that does not
 * go through whole waits for the socket with poll(): right for a client that reads, wrong for a
 * server, which must not wait for one connection. It is a reference, not an example.
 *
 *     echo_server
 *
 * binds a free port of 127.0.0.1, prints {"port": N}, and ends when its standard input ends.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 1024, BUFFER = 65536 };

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void watch(int epoll, int fd, unsigned events) {
    struct epoll_event interest = {.events = events, .data.fd = fd};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &interest)) fail("epoll_ctl");
}

static void accept_all(int epoll, int listener) {
    int fd, one = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        watch(epoll, fd, EPOLLIN | EPOLLET);
    }
}

static int write_whole(int fd, const char *bytes, ssize_t length) {
    while (length > 0) {
        ssize_t n = send(fd, bytes, (size_t)length, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN) return 0;
        if (n < 0) {
            struct pollfd writable = {.fd = fd, .events = POLLOUT};
            poll(&writable, 1, -1);
            continue;
        }
        bytes += n;
        length -= n;
    }
    return 1;
}

/* A read that fills the buffer may have left more behind; a short one has not. */
static void echo(int fd) {
    static char buffer[BUFFER];
    ssize_t n;
    do {
        n = recv(fd, buffer, sizeof buffer, 0);
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0 || !write_whole(fd, buffer, n)) {
            close(fd);
            return;
        }
    } while (n == sizeof buffer);
}

int main(void) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof here;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int epoll = epoll_create1(0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 1024)) fail("listen");
    getsockname(listener, (struct sockaddr *)&here, &length);
    watch(epoll, listener, EPOLLIN);
    watch(epoll, STDIN_FILENO, EPOLLIN);
    printf("{\"port\": %d}\n", ntohs(here.sin_port));
    fflush(stdout);
    for (;;) {
        struct epoll_event events[BATCH];
        int n = epoll_wait(epoll, events, BATCH, -1);
        if (n < 0 && errno != EINTR) fail("epoll_wait");
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd == STDIN_FILENO) return 0;
            if (fd == listener) accept_all(epoll, listener);
            else echo(fd);
        }
    }
}
