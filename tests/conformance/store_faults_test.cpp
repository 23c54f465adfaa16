#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "seawall/store_sql/admin.h"
#include "store_suite.h"

// Processes that die, servers that die, writers that meet.
namespace seawall::store_suite {
namespace {

using Faults = StoreTest;

/// What a child has been told is safe.
struct Acknowledged {
  std::uint32_t release = 0;  ///< Of the load in progress; 0: none.
  std::uint64_t entries = 0;  ///< Of that load.
  std::uint64_t version = 0;  ///< Of the lists.
  std::uint64_t sealed = 0;   ///< Releases.
};

/// Loads, seals and activates releases for ever, and writes down what it was told, after it was told.
[[noreturn]] void write_for_ever(const std::string& url, int pipe, BankId bank, SourceId source) {
  const auto store = must(open_store(url));
  Acknowledged told;
  const auto tell = [&] {
    if (::write(pipe, &told, sizeof told) != sizeof told) std::_Exit(1);
  };
  for (std::uint64_t key = 1;; key += 1'000'000) {
    const auto load = must(store->begin_load(bank, source, by()));
    told.release = static_cast<std::uint32_t>(load->id());
    told.entries = 0;
    tell();
    for (std::uint64_t step = 0; step < 4; ++step) {
      const auto entries =
          new_entries(key + static_cast<std::uint64_t>(::getpid()) * 1'000'000'000 + step * 50, 50);
      must(load->write({.add = entries, .checkpoint = std::to_string(50 * (step + 1))}));
      told.entries += 50;
      tell();
    }
    told.version = must(load->seal(by())).version;
    told.release = 0;
    ++told.sealed;
    tell();
    const auto change = must(store->change());
    must(change->set_release_state(load->id(), ReleaseState::kActive, by("bob")));
    told.version = must(change->commit()).number;
    tell();
  }
}

struct Child {
  pid_t process = -1;
  int pipe = -1;
};

Child start_writer(const std::string& url, BankId bank, SourceId source) {
  int ends[2];
  if (::pipe(ends) != 0) std::abort();
  const pid_t process = ::fork();
  if (process == 0) {
    ::close(ends[0]);
    write_for_ever(url, ends[1], bank, source);
  }
  ::close(ends[1]);
  return {process, ends[0]};
}

/// Lets it go on until it has told `count` things and then for a moment that is nowhere in particular.
Acknowledged kill_after(const Child& child, int count, std::chrono::microseconds moment) {
  Acknowledged last;
  for (int i = 0; i < count; ++i) {
    if (::read(child.pipe, &last, sizeof last) != sizeof last) std::abort();
  }
  const auto end = std::chrono::steady_clock::now() + moment;
  while (std::chrono::steady_clock::now() < end) {
  }
  ::kill(child.process, SIGKILL);
  ::waitpid(child.process, nullptr, 0);
  Acknowledged more;
  while (::read(child.pipe, &more, sizeof more) == sizeof more) last = more;
  ::close(child.pipe);
  return last;
}

TEST_P(Faults, LoseNothingThatWasAcknowledgedWhenAWriterIsKilled) {
  const char* fixed = std::getenv("SEAWALL_TEST_SEED");
  const auto seed =
      fixed != nullptr ? static_cast<unsigned>(std::atoi(fixed)) : static_cast<unsigned>(::getpid());
  std::printf("SEAWALL_TEST_SEED=%u\n", seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 8; ++round) {
    const std::uint64_t sealed_before = must(must(store_->view())->releases(ReleaseId{}, 10'000)).size();
    const Child child = start_writer(place_->url(), bank_, source_);
    const Acknowledged told =
        kill_after(child, 1 + static_cast<int>(random() % 12), std::chrono::microseconds(random() % 8000));
    const auto store = open_again();
    EXPECT_GE(must(must(store->view())->version()).number, told.version);
    EXPECT_GE(must(must(store->view())->releases(ReleaseId{}, 10'000)).size(), sealed_before + told.sealed);
    if (told.release != 0) {
      auto load = store->resume_load(ReleaseId{told.release});
      if (load) {
        EXPECT_GE((*load)->counts().added, told.entries);
        EXPECT_EQ((*load)->checkpoint(),
                  (*load)->counts().added == 0 ? "" : std::to_string((*load)->counts().added));
        must((*load)->seal(by()));
      } else {
        EXPECT_EQ(load.error().code, Code::kConflict) << "only sealing may have come after";
      }
    }
    const CheckSummary check = must(check_store(place_->url()));
    EXPECT_EQ(check.problem_count, 0U)
        << "round " << round << ": " << check.problems.front().what << ", " << check.problems.front().where;
  }
}

TEST_P(Faults, KeepTwoWritersInOneOrder) {
  constexpr int kEach = 20;
  std::vector<pid_t> writers;
  const auto before = must(must(store_->view())->version()).number;
  for (int writer = 0; writer < 2; ++writer) {
    const pid_t process = ::fork();
    if (process == 0) {
      const auto store = must(open_store(place_->url()));
      for (int i = 0; i < kEach; ++i) {
        const auto change = must(store->change());
        ListBank bank;
        bank.name = "bank " + std::to_string(writer) + "-" + std::to_string(i);
        must(change->add_bank(bank, by()));
        must(change->commit());
      }
      std::_Exit(0);
    }
    writers.push_back(process);
  }
  for (const pid_t writer : writers) {
    int status = 1;
    ::waitpid(writer, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(must(must(store_->view())->version()).number, before + 2 * kEach);
  EXPECT_EQ(must(check_store(place_->url())).problem_count, 0U) << "no gap, and one chain";
}

TEST_P(Faults, WaitForAnotherWriterOnlySoLong) {
  const auto held = must(store_->change());
  const auto other = open_again({.lock_wait_ms = 50});
  EXPECT_CODE(other->change(), Code::kConflict);
}

INSTANTIATE_TEST_SUITE_P(Store, Faults, testing::ValuesIn(backends()), backend_name);

class PostgresFaults : public StoreTest {
 protected:
  static void end_all_sessions() {
    cluster().run(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
  }
};

TEST_P(PostgresFaults, ForgetAChangeWhoseSessionIsEnded) {
  auto change = must(store_->change());
  ListBank bank;
  bank.name = "lost";
  must(change->add_bank(bank, by()));
  end_all_sessions();
  EXPECT_CODE(change->commit(), Code::kUnavailable);
  change.reset();
  EXPECT_EQ(must(must(store_->view())->banks()).size(), 1U) << "and the next use connects again";
  add_bank("kept");
}

TEST_P(PostgresFaults, ConnectAgainAfterASessionWasEndedBetweenUses) {
  end_all_sessions();
  EXPECT_EQ(must(must(store_->view())->banks()).size(), 1U);
  end_all_sessions();
  add_bank("kept");
}

TEST_P(PostgresFaults, LetAnotherGoOnWithALoadWhoseSessionIsEnded) {
  auto load = must(store_->begin_load(bank_, source_, by()));
  must(load->write({.add = new_entries(1, 10), .checkpoint = "10"}));
  end_all_sessions();
  const auto again = open_again();
  auto other = must(again->resume_load(load->id()));
  EXPECT_EQ(other->checkpoint(), "10");
  EXPECT_FALSE(load->write({.add = new_entries(11, 10), .checkpoint = "20"})) << "it is no longer its owner";
  must(other->write({.add = new_entries(11, 5), .checkpoint = "15"}));
  EXPECT_EQ(must(other->seal(by())).counts.added, 15U);
  EXPECT_EQ(must(check_store(place_->url())).problem_count, 0U);
}

TEST_P(PostgresFaults, KeepWhatWasAcknowledgedWhenTheServerCrashes) {
  auto load = must(store_->begin_load(bank_, source_, by()));
  must(load->write({.add = new_entries(1, 1000), .checkpoint = "1000"}));
  add_bank("kept");
  const auto version = must(must(store_->view())->version());
  cluster().crash_and_restart();
  EXPECT_EQ(must(must(store_->view())->version()), version);
  EXPECT_EQ(must(must(store_->view())->banks()).size(), 2U);
  const ReleaseId id = load->id();
  load.reset();
  load = must(store_->resume_load(id));
  EXPECT_EQ(load->checkpoint(), "1000");
  EXPECT_EQ(must(load->seal(by())).counts.added, 1000U);
  EXPECT_EQ(must(check_store(place_->url())).problem_count, 0U);
}

INSTANTIATE_TEST_SUITE_P(Store, PostgresFaults, testing::Values(backends()[1]), backend_name);

}  // namespace
}  // namespace seawall::store_suite
