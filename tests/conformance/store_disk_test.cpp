#include "faulty_disk.h"
#include "seawall/store_sql/admin.h"
#include "store_suite.h"

// Disks that are full or break, under SQLite.
namespace seawall::store_suite {
namespace {

using test_support::FaultyDisk;

class Disk : public StoreTest {
 protected:
  void SetUp() override {
    FaultyDisk::install();
    StoreTest::SetUp();
  }
  void TearDown() override { FaultyDisk::mend(); }

  /// A load, its seal and a change, as far as the disk lets it; counts what was acknowledged.
  struct Done {
    ReleaseId release{};
    bool written = false;
    bool sealed = false;
    bool active = false;
    std::optional<Code> failed;
  };
  Done work(std::uint64_t key) {
    Done done;
    const auto all = [&]() -> Result<void> {
      SEAWALL_TRY(const auto load, store_->begin_load(bank_, source_, by()));
      done.release = load->id();
      SEAWALL_CHECK(load->write({.add = new_entries(key, 300), .checkpoint = "300"}));
      done.written = true;
      SEAWALL_TRY([[maybe_unused]] const Release sealed, load->seal(by()));
      done.sealed = true;
      SEAWALL_TRY(const auto change, store_->change());
      SEAWALL_CHECK(change->set_release_state(done.release, ReleaseState::kActive, by("bob")));
      SEAWALL_TRY([[maybe_unused]] const ListVersion version, change->commit());
      done.active = true;
      return {};
    };
    if (const auto outcome = all(); !outcome) done.failed = outcome.error().code;
    return done;
  }

  void expect_kept(const Done& done) {
    const auto view = must(store_->view());
    const auto release = must(view->release(done.release));
    if (done.sealed) {
      ASSERT_TRUE(release);
      EXPECT_EQ(release->counts.added, 300U);
    }
    if (done.active) {
      EXPECT_EQ(release->state, ReleaseState::kActive);
    }
    if (done.written && !release) {
      EXPECT_EQ(must(open_again()->resume_load(done.release))->checkpoint(), "300");
    }
  }
};

TEST_P(Disk, StandEveryFailureOfTheDisk) {
  std::uint64_t key = 1;
  for (const auto fault : {FaultyDisk::Fault::kFull, FaultyDisk::Fault::kBroken}) {
    int failures = 0;
    for (int nth = 1;; nth += 1 + nth / 4) {
      FaultyDisk::fail_from(nth, fault);
      const Done done = work(key += 1000);
      const bool failed = FaultyDisk::mend();
      if (!failed) break;
      ++failures;
      if (done.failed && fault == FaultyDisk::Fault::kBroken) {
        EXPECT_EQ(done.failed, Code::kUnavailable);
      }
      expect_kept(done);
      store_ = open_again();
      expect_kept(done);
      const CheckSummary check = must(check_store(place_->url()));
      ASSERT_EQ(check.problem_count, 0U)
          << "operation " << nth << ": " << check.problems[0].what << " " << check.problems[0].where;
    }
    EXPECT_GT(failures, 5) << "the work makes more operations than that";
  }
}

INSTANTIATE_TEST_SUITE_P(Store, Disk, testing::Values(backends()[0]), backend_name);

}  // namespace
}  // namespace seawall::store_suite
