// The other side of the comparison: the runner under QEMU's user mode.
#pragma once

#include <string>
#include <sys/types.h>

#include "tests/random/sample.h"

namespace random_test {

// One runner and the file that carries its batches.
class Expected {
public:
    // Throws std::runtime_error where QEMU cannot be started or the file not made.
    Expected();
    ~Expected();
    Expected(const Expected&) = delete;
    Expected& operator=(const Expected&) = delete;

    // What the next turn works on.
    [[nodiscard]] batch& shared() { return *batch_; }
    // Lets the runner execute the batch; finish() returns when its samples hold the states after. In between they are
    // the runner's. Throws std::runtime_error if the runner dies or does not answer within a minute.
    void start();
    void finish();

private:
    void make_file();
    void spawn();

    std::string path_;
    batch* batch_{nullptr};
    pid_t child_{-1};
    int to_child_{-1};
    int from_child_{-1};
};

}  // namespace random_test
