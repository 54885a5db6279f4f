/* Tells on standard error which hosts a program looks up, with the port, as an answer to "which channels were asked for?"

   dropbear's log tells who came, who logged in and who left, but no channels. For each direct-tcpip channel it looks up
   the host as the client named it, once, before it connects (its connect_remote), and nothing else by name and port. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef int Lookup(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints, struct addrinfo **found) {
    if (host && port) {
        char line[1024];
        size_t used = (size_t)snprintf(line, sizeof line, "[%d] channel to port %.8s of ", (int)getpid(), port);
        for (const char *at = host; *at && used < sizeof line - 1; at++)
            line[used++] = *at > ' ' && *at <= '~' ? *at : '?';
        line[used++] = '\n';
        if (write(STDERR_FILENO, line, used) < 0) /* without its record the channel must not be opened */
            abort();
    }
    Lookup *next = (Lookup *)dlsym(RTLD_NEXT, "getaddrinfo");
    return next ? next(host, port, hints, found) : EAI_SYSTEM;
}
