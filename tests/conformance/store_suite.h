#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "seawall/store/store.h"
#include "seawall/store_sql/open.h"
#include "store_places.h"

namespace seawall::store_suite {

using test_support::Backend;
using test_support::backend_name;
using test_support::backends;
using test_support::cluster;
using test_support::StorePlace;

/// The suite: each test runs on every backend.
class StoreTest : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override;
  /// Another opening of the same store, as another process has it.
  std::unique_ptr<Store> open_again(OpenStoreOptions options = {});

  BankId add_bank(const std::string& name = "harbour");
  SourceId add_source(const std::string& name = "authority");
  /// A sealed release of these keys.
  Release load(std::vector<NewEntry> entries, std::vector<PendingChange> pending = {});
  void set_state(ReleaseId release, ReleaseState state);
  std::vector<Entry> all_entries();

  std::unique_ptr<StorePlace> place_;
  std::unique_ptr<Store> store_;
  BankId bank_{};
  SourceId source_{};
};

/// Harmless made-up content: digests and fingerprints of the number.
EntryContent content_of(std::uint64_t number);
NewEntry new_entry(std::uint64_t number);
std::vector<NewEntry> new_entries(std::uint64_t first, std::uint64_t count);
Authorship by(const std::string& who = "ann");
std::string key_of(std::uint64_t number);

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

}  // namespace seawall::store_suite
