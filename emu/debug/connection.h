// The line to a debugger: a TCP port of the loopback interface, or a Unix socket; one debugger at a time.
#pragma once

#include <optional>
#include <string>

namespace emu::debug {

// A file descriptor that is closed at the end of its life.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_{fd} {}
    ~Descriptor() { close(); }
    Descriptor(Descriptor&& other) noexcept;
    Descriptor& operator=(Descriptor&& other) noexcept;

    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool is_open() const { return fd_ >= 0; }
    void close();

private:
    int fd_{-1};
};

class Listener {
public:
    // `address` is a port of 127.0.0.1 (0: a free one) or "unix:PATH". Throws UserError where it is neither, or in use.
    explicit Listener(const std::string& address);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    // What GDB's `target remote` takes: "127.0.0.1:41234", or the path.
    [[nodiscard]] const std::string& name() const { return name_; }
    // The next debugger, waiting for it at most so many milliseconds; closed where none came.
    [[nodiscard]] Descriptor accept(int milliseconds);

private:
    void listen_on_path(const std::string& path);
    void listen_on_port(const std::string& port);

    Descriptor socket_;
    std::string name_;
    std::string path_;  // of a Unix socket: removed at the end
};

class Connection {
public:
    explicit Connection(Descriptor socket) : socket_{std::move(socket)} {}

    // What has arrived, waiting for it at most so many milliseconds; empty where nothing did.
    [[nodiscard]] std::string receive(int milliseconds);
    void send(const std::string& bytes);
    // The other side has hung up.
    [[nodiscard]] bool lost() const { return lost_; }

private:
    Descriptor socket_;
    bool lost_{false};
};

}  // namespace emu::debug
