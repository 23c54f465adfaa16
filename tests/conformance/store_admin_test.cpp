#include <filesystem>
#include <fstream>
#include <iterator>

#include "seawall/base/temporary_folder.h"
#include "seawall/sql/postgres_connection.h"
#include "seawall/sql/sqlite_connection.h"
#include "seawall/store_sql/admin.h"
#include "seawall/store_sql/detail/migrations.h"
#include "seawall/store_sql/detail/sql_store.h"
#include "store_suite.h"

// What operators do with a whole store.
namespace seawall::store_suite {
namespace {

std::string content_of_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::unique_ptr<SqlConnection> raw(const std::string& url) {
  return must(store_sql_detail::connect(must(store_sql_detail::parse_store_url(url)), {}));
}

class Admin : public StoreTest {
 protected:
  /// Something in every table.
  void fill() {
    NewEntry odd = new_entry(3);
    odd.quarantined = true;
    odd.state_reason = "flat_image";
    const Release first = load({new_entry(1), new_entry(2), odd});
    {
      const auto change = must(store_->change());
      must(change->approve(first.id, by("bob")));
      must(change->set_release_state(first.id, ReleaseState::kActive, by("bob")));
      auto bank = *must(change->bank(bank_));
      bank.radius_bits = 7;
      bank.expires_at = Time(std::chrono::milliseconds(99));
      must(change->set_bank(bank, by("bob")));
      Entry entry = must(change->entries_of_bank(bank_, EntryId{}, 1)).front();
      entry.radius_bits = 3;
      must(change->set_entry(entry, "radius_set", by("bob")));
      must(change->commit());
    }
    const Release second = load({new_entry(4), new_entry(4)}, {{entry_id(first.id, 1), content_of(77)}});
    set_state(second.id, ReleaseState::kActive);
    loading_ = must(store_->begin_load(bank_, source_, by()));
    must(loading_->write({.add = new_entries(100, 5), .checkpoint = "half"}));
    entry_ = entry_id(first.id, 0);
  }

  std::vector<std::string> problems() {
    std::vector<std::string> what;
    for (const StoreProblem& problem : must(check_store(place_->url())).problems)
      what.push_back(problem.what);
    return what;
  }

  TemporaryFolder folder_ = must(TemporaryFolder::make("seawall-store-admin"));
  std::unique_ptr<ReleaseLoad> loading_;
  EntryId entry_{};
};

TEST_P(Admin, BackUpAndRestoreOntoEitherDatabase) {
  fill();
  const auto file = folder_.path() / "backup";
  const BackupSummary saved = must(backup_store(place_->url(), file));
  EXPECT_EQ(saved.bytes, std::filesystem::file_size(file));
  EXPECT_EQ(saved.version, must(must(store_->view())->version()).number);
  for (const Backend& backend : backends()) {
    const auto place = backend.make();
    EXPECT_EQ(must(restore_store(place->url(), file)).rows, saved.rows);
    const auto again = folder_.path() / backend.name;
    must(backup_store(place->url(), again));
    EXPECT_EQ(content_of_file(again), content_of_file(file)) << "every row is there, in one form";
    EXPECT_EQ(must(check_store(place->url())).problem_count, 0U);
    const auto store = must(open_store(place->url()));
    EXPECT_EQ(must(must(store->view())->entries_of_bank(bank_, EntryId{}, 100)), all_entries());
    EXPECT_EQ(must(store->resume_load(loading_->id()))->checkpoint(), "half");
  }
  EXPECT_CODE(backup_store(place_->url(), file), Code::kConflict);
  EXPECT_CODE(restore_store(place_->url(), file), Code::kConflict);
}

TEST_P(Admin, RestoreNothingOfADamagedBackup) {
  fill();
  const auto file = folder_.path() / "backup";
  must(backup_store(place_->url(), file));
  const std::string whole = content_of_file(file);
  const auto place = GetParam().make();
  for (std::size_t at = 40; at < whole.size(); at += whole.size() / 7) {
    for (const bool cut : {true, false}) {
      std::string damaged = whole;
      if (cut) {
        damaged.resize(at);
      } else {
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
      }
      const auto wrong = folder_.path() / "wrong";
      std::ofstream(wrong, std::ios::binary | std::ios::trunc) << damaged;
      EXPECT_FALSE(restore_store(place->url(), wrong)) << at;
    }
  }
  EXPECT_EQ(must(restore_store(place->url(), file)).bytes, whole.size()) << "the store was still empty";
}

TEST_P(Admin, CheckFindsNothingWrongWithASoundStore) {
  fill();
  const CheckSummary check = must(check_store(place_->url()));
  EXPECT_EQ(check.problem_count, 0U) << (check.problems.empty()
                                             ? ""
                                             : check.problems[0].what + check.problems[0].where);
  EXPECT_EQ(check.entries, 4U);
  EXPECT_EQ(check.releases, 2U);
  EXPECT_EQ(check.loading, 1U);
}

TEST_P(Admin, CheckFindsWhatSomebodyChangedBehindItsBack) {
  fill();
  const auto connection = raw(place_->url());
  const std::string entry = std::to_string(static_cast<std::uint64_t>(entry_));
  const std::pair<std::string, std::string> crimes[] = {
      {"UPDATE feed_items SET who = 'eve' WHERE version = 3", "chain"},
      {"UPDATE entries SET key = 'eve' WHERE id = " + entry, "release digest"},
      {"UPDATE entries SET radius = 200 WHERE id = " + entry, "entry"},
      {"DELETE FROM entry_changes WHERE entry = " + entry, "entry"},
      {"UPDATE state_counts SET entries = entries + 1", "count"},
      {"DELETE FROM entry_keys WHERE entry = " + entry, "key"},
      {"DELETE FROM entries WHERE id = " + entry, "release digest"},
  };
  for (const auto& [sql, what] : crimes) {
    const auto place = GetParam().make();
    const auto file = folder_.path() / "backup";
    std::filesystem::remove(file);
    must(backup_store(place_->url(), file));
    must(restore_store(place->url(), file));
    must(raw(place->url())->run(sql));
    std::vector<std::string> found;
    for (const StoreProblem& problem : must(check_store(place->url())).problems)
      found.push_back(problem.what);
    EXPECT_NE(std::find(found.begin(), found.end(), what), found.end()) << sql;
  }
}

TEST_P(Admin, UpgradeFromEveryEarlierSchema) {
  for (int number = 0; number <= store_sql_detail::schema_newest(); ++number) {
    const auto place = GetParam().make();
    OpenStoreOptions create;
    create.create = true;
    {
      const auto connection =
          must(store_sql_detail::connect(must(store_sql_detail::parse_store_url(place->url())), create));
      must(store_sql_detail::migrate_to(*connection, number));
    }
    if (number == 0) {
      EXPECT_CODE(open_store(place->url()), Code::kNotFound);
    }
    must(migrate_store(place->url()));
    EXPECT_EQ(must(check_store(place->url())).problem_count, 0U);
    must(open_store(place->url()));
  }
}

TEST_P(Admin, RefuseASchemaThatIsNewer) {
  must(raw(place_->url())->run("INSERT INTO schema_migrations VALUES (999, 'of tomorrow')"));
  EXPECT_CODE(open_store(place_->url()), Code::kUnsupported);
  EXPECT_CODE(open_store(place_->url(), {.migrate = true}), Code::kUnsupported);
}

INSTANTIATE_TEST_SUITE_P(Store, Admin, testing::ValuesIn(backends()), backend_name);

TEST(StoreUrl, HoldsNoPasswordAndNeverShowsOne) {
  for (const std::string url :
       {"postgresql://ann:hunter2@db.example/lists", "host=db password=hunter2",
        "postgresql://db/lists?password=hunter2", "postgresql://ann:hunter2@db:x:y/lists"}) {
    const auto opened = open_store(url);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::kInvalidInput);
    EXPECT_EQ(opened.error().message.find("hunter2"), std::string::npos) << opened.error().message;
  }
  EXPECT_CODE(open_store("lists.db"), Code::kInvalidInput);
}

TEST(StoreUrl, NamesAPasswordFileThatItsOwnerAloneMayRead) {
  using store_sql_detail::parse_store_url;
  EXPECT_EQ(must(parse_store_url("postgresql://db/x?password_file=/a/b&sslmode=require")).password_file,
            "/a/b");
  EXPECT_EQ(must(parse_store_url("postgresql://db/x?password_file=/a/b&sslmode=require")).postgres,
            "postgresql://db/x?sslmode=require");
  EXPECT_EQ(must(parse_store_url("postgresql://db/x?password_file=/a/b")).postgres, "postgresql://db/x");
  EXPECT_EQ(must(parse_store_url("service=lists password_file=/a/b")).password_file, "/a/b");
  const auto folder = must(TemporaryFolder::make("seawall-password"));
  const auto file = folder.path() / "password";
  std::ofstream(file) << "hunter2\n";
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  const std::string url = cluster().new_database() + "&password_file=" + file.string();
  EXPECT_CODE(open_store(url, {.create = true}), Code::kInvalidInput);
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  EXPECT_TRUE(open_store(url, {.create = true}));
}

}  // namespace
}  // namespace seawall::store_suite
