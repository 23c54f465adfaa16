#pragma once

#include <termios.h>

namespace seawall::cli {

/// From now on, until put_back_done(): the signal that ends the program at once (console.h) sets the terminal
/// `fd` to `before` first, so that one which was silenced for a password is not left so. One at a time.
void put_back_at_end(int fd, const termios& before);
void put_back_done();

}  // namespace seawall::cli
