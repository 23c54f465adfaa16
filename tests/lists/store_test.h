#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "store_places.h"

namespace seawall::test {

/// The suites over a store: each test runs on every database.
class StoreTest : public testing::TestWithParam<test_support::Backend> {
 protected:
  /// Of a further, empty store; it is there until the test ends.
  std::string another_place() {
    places_.push_back(GetParam().make());
    return places_.back()->url();
  }

 private:
  std::vector<std::unique_ptr<test_support::StorePlace>> places_;
};

}  // namespace seawall::test
