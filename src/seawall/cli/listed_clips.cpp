#include "seawall/cli/listed_clips.h"

#include <filesystem>
#include <set>

#include "seawall/cli/benign_banks.h"
#include "seawall/cli/open_banks.h"

namespace seawall::cli {
namespace {

/// Added in one change, so that many are quick.
constexpr std::size_t kHashesAtOnce = 2'000'000;

/// Tells whether a print has become another one.
std::uint64_t content_of(const DensePrint& print) {
  std::uint64_t sum = print.duration_ms * std::uint64_t{0x9E3779B97F4A7C15} + print.hashes.size();
  for (const HeldHash& hash : print.hashes) {
    sum = (sum ^ hash.start_ms) * 0x100000001b3;
    for (const std::uint64_t word : hash.bits.words) sum = (sum ^ word) * 0x100000001b3;
  }
  return sum;
}

/// Another text whenever the bank may have changed.
std::string last_written(const std::string& folder) {
  std::string text;
  for (const char* file : {"/entries.db", "/entries.db-wal"}) {
    std::error_code error;
    const auto time = std::filesystem::last_write_time(folder + file, error);
    text += std::to_string(error ? 0 : time.time_since_epoch().count()) + ",";
  }
  return text;
}

}  // namespace

Result<std::unique_ptr<ListedClips>> ListedClips::open(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(auto banks, open_banks(arguments, console));
  SEAWALL_TRY(auto index, ClipIndex::make());
  std::unique_ptr<ListedClips> clips(new ListedClips(std::move(index)));
  for (OpenBank& open : banks) {
    Followed& followed = clips->banks_.emplace_back();
    followed.folder = open.bank->folder().string();
    followed.written = last_written(followed.folder);
    followed.name = open.name;
    SEAWALL_CHECK(clips->load(*open.bank, followed));
  }
  for (const std::string& folder : arguments.all("--benign")) {
    clips->benign_.push_back({folder, {}, 0});
    SEAWALL_CHECK(clips->load_benign(clips->benign_.size() - 1));
  }
  return clips;
}

Result<void> ListedClips::load_benign(std::size_t place) {
  FollowedBenign& followed = benign_[place];
  const std::string written = last_written(followed.folder);
  SEAWALL_TRY(const auto bank, Bank::open_for_reading(followed.folder));
  SEAWALL_TRY(const auto hashes, benign_hashes(*bank));
  std::size_t others = 0;
  for (const FollowedBenign& one : benign_) others += &one == &followed ? 0 : one.hashes;
  if (others + hashes.size() > BenignTemplates::kHashesMax) {
    return fail(Code::kLimitExceeded, "the banks of --benign hold more than 100,000 hashes in all");
  }
  SEAWALL_CHECK(index_->set_benign(BenignId{static_cast<std::uint32_t>(place)}, hashes));
  followed.hashes = hashes.size();
  followed.written = written;
  return {};
}

Result<void> ListedClips::add_all(std::vector<Fresh>& fresh, Followed& followed) {
  std::vector<std::pair<ClipId, DensePrint>> prints;
  for (Fresh& one : fresh) prints.emplace_back(ClipId{++last_id_}, one.print);
  const bool at_once = index_->add(prints).has_value();
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    const ClipId clip = prints[i].first;
    if (!at_once) {
      auto added = index_->add(clip, std::move(fresh[i].print));
      // A video of which no hash is good enough cannot be found by its pictures; its digests are listed
      // still.
      if (!added && added.error().code == Code::kLimitExceeded) continue;
      SEAWALL_CHECK(std::move(added));
    }
    names_.emplace(clip, ListedName{followed.name, fresh[i].id});
    followed.clips.insert_or_assign(fresh[i].id, Known{clip, fresh[i].content});
  }
  fresh.clear();
  return {};
}

Result<void> ListedClips::load(Bank& bank, Followed& followed) {
  SEAWALL_TRY(const BankCounts counts, bank.counts());
  SEAWALL_TRY(BankReader reader, bank.reader());
  std::set<std::string, std::less<>> listed;
  std::vector<Fresh> fresh;
  std::size_t hashes = 0;
  const auto take = [&](EntryId, std::string_view id, DensePrint print) -> Result<bool> {
    listed.emplace(id);
    const std::uint64_t content = content_of(print);
    const auto known = followed.clips.find(std::string(id));
    if (known != followed.clips.end()) {
      if (known->second.content == content) return true;
      SEAWALL_CHECK(index_->remove(known->second.clip));
      followed.clips.erase(known);
    }
    hashes += print.hashes.size();
    fresh.push_back({std::string(id), content, std::move(print)});
    if (hashes < kHashesAtOnce) return true;
    hashes = 0;
    SEAWALL_CHECK(add_all(fresh, followed));
    return true;
  };
  SEAWALL_CHECK(reader.each_clip(take));
  SEAWALL_CHECK(add_all(fresh, followed));
  for (auto known = followed.clips.begin(); known != followed.clips.end();) {
    const bool stays = listed.contains(known->first);
    if (!stays) {
      SEAWALL_CHECK(index_->remove(known->second.clip));
    }
    known = stays ? std::next(known) : followed.clips.erase(known);
  }
  followed.changes = counts.changes;
  return {};
}

ListedName ListedClips::name(ClipId clip) const {
  const auto at = names_.find(clip);
  return at == names_.end() ? ListedName{} : at->second;
}

Result<bool> ListedClips::refresh_benign() {
  bool changed = false;
  for (std::size_t place = 0; place < benign_.size(); ++place) {
    if (last_written(benign_[place].folder) == benign_[place].written) continue;
    SEAWALL_CHECK(load_benign(place));
    changed = true;
  }
  return changed;
}

Result<bool> ListedClips::refresh() {
  SEAWALL_TRY(bool changed, refresh_benign());
  for (Followed& followed : banks_) {
    const std::string written = last_written(followed.folder);
    if (written == followed.written) continue;
    SEAWALL_TRY(const auto bank, Bank::open_for_reading(followed.folder));
    SEAWALL_TRY(const BankCounts counts, bank->counts());
    if (counts.changes != followed.changes) {
      SEAWALL_CHECK(load(*bank, followed));
    }
    followed.written = written;
    changed = true;
  }
  return changed;
}

}  // namespace seawall::cli
