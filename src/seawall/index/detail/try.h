#pragma once

#include "seawall/base/result.h"

// SEAWALL_CHECK(file.sync()); returns the error of a Result<void> to the caller.
#define SEAWALL_CHECK(expression)                             \
  do {                                                        \
    auto seawall_done = (expression);                         \
    if (!seawall_done) [[unlikely]]                           \
      return tl::unexpected(std::move(seawall_done).error()); \
  } while (false)
