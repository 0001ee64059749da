#include "emu/debug/connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "mmu/base/user_error.h"

namespace emu::debug {
namespace {

constexpr const char* kUnixPrefix = "unix:";

[[noreturn]] void refuse(const std::string& address, const std::string& hint) {
    throw UserError{"--gdb " + address + ": " + std::strerror(errno) + hint};
}

unsigned port_of(const std::string& text) {
    const bool digits = !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string::npos;
    const unsigned port = digits ? static_cast<unsigned>(std::stoul(text)) : 65536;
    if (port > 65535) throw UserError{"--gdb " + text + ": write a port, 0 for a free one, or unix:PATH"};
    return port;
}

bool is_ready(int fd, int milliseconds) {
    pollfd poll_for{.fd = fd, .events = POLLIN, .revents = 0};
    return poll(&poll_for, 1, milliseconds) > 0;
}

// A socket that no longer has a listener is in the way; one in use, or another kind of file, is not ours to remove.
void remove_stale_socket(const sockaddr_un& address) {
    struct stat status {};
    if (lstat(address.sun_path, &status) != 0 || !S_ISSOCK(status.st_mode)) return;
    const Descriptor probe{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
    if (errno == ECONNREFUSED) unlink(address.sun_path);
}

}  // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        close();
        fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
}

void Descriptor::close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

Listener::Listener(const std::string& address) {
    const std::string prefix = kUnixPrefix;
    if (address.starts_with(prefix)) listen_on_path(address.substr(prefix.size()));
    else listen_on_port(address);
}

Listener::~Listener() {
    if (!path_.empty()) unlink(path_.c_str());
}

void Listener::listen_on_path(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path)
        throw UserError{"--gdb unix:" + path + ": a path has 1 to " + std::to_string(sizeof address.sun_path - 1) + " characters"};
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    remove_stale_socket(address);
    socket_ = Descriptor{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        refuse(kUnixPrefix + path, "; choose another path");
    path_ = name_ = path;
    if (listen(socket_.get(), 1) != 0) refuse(kUnixPrefix + path, "");
}

void Listener::listen_on_port(const std::string& port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port_of(port)));
    socket_ = Descriptor{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const int on = 1;
    setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    socklen_t length = sizeof address;
    if (bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), length) != 0 || listen(socket_.get(), 1) != 0)
        refuse(port, "; --gdb 0 takes a free port");
    if (getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0) refuse(port, "");
    name_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

Descriptor Listener::accept(int milliseconds) {
    if (!is_ready(socket_.get(), milliseconds)) return {};
    Descriptor peer{accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    // Packets are short and each waits for an answer. No effect on a Unix socket.
    const int on = 1;
    if (peer.is_open()) setsockopt(peer.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return peer;
}

std::string Connection::receive(int milliseconds) {
    if (lost_ || !is_ready(socket_.get(), milliseconds)) return {};
    char block[4096];
    const ssize_t n = recv(socket_.get(), block, sizeof block, 0);
    if (n > 0) return {block, static_cast<std::size_t>(n)};
    lost_ = n == 0 || errno != EINTR;
    return {};
}

void Connection::send(const std::string& bytes) {
    for (std::size_t done = 0; done < bytes.size() && !lost_;) {
        const ssize_t n = ::send(socket_.get(), bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
        if (n > 0) done += static_cast<std::size_t>(n);
        else if (errno != EINTR) lost_ = true;
    }
}

}  // namespace emu::debug
