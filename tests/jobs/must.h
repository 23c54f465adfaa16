#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <type_traits>

#include "seawall/base/result.h"

namespace seawall::test {

/// The value, or a failed test that says why.
template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().message;
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

#define EXPECT_CODE(expression, expected)                                           \
  do {                                                                              \
    const auto expect_code_ = (expression);                                         \
    ASSERT_FALSE(expect_code_);                                                     \
    EXPECT_EQ(expect_code_.error().code, expected) << expect_code_.error().message; \
  } while (false)

}  // namespace seawall::test
