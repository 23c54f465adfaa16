#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/model/entry.h"
#include "seawall/model/feed_item.h"
#include "seawall/model/list_bank.h"
#include "seawall/model/release.h"

namespace seawall {

/// A change of an entry that has happened, with what was before.
struct EntryChange {
  std::uint64_t version = 0;
  Authorship by;
  std::string what;  ///< "added", "staged", "activated", "updated", "withdrawn", "quarantined", ...
  std::optional<Entry> previous;  ///< None for "added".
};

/// An update or withdrawal of a listed entry that waits for its release.
struct PendingChange {
  EntryId entry{};
  std::optional<EntryContent> content;  ///< None: withdrawn.
};

/// A new entry on its way into a release.
struct NewEntry {
  std::string key;
  EntryContent content;
  bool quarantined = false;
  std::string state_reason;  ///< Of a quarantined one.
};

/// Which of a bank's entries a key names, if any.
struct KnownKey {
  EntryId entry{};
  Sha256 content_digest{};  ///< Of its content, so that "unchanged" needs no reading of it.
};

/// An entry that carries a signal of a video, or may.
struct VideoEntry {
  EntryId entry{};
  std::uint64_t content_bytes = 0;  ///< Of its content, as it is stored.
  friend bool operator==(const VideoEntry&, const VideoEntry&) = default;
};

/// One consistent view of the store. Pages are in ascending order of id; `limit` 1..10,000. A page of entries
/// or changes that carry videos may be shorter, as it ends once it holds kPageBytesMax of them: only an empty
/// page is the end.
/// Threads: one. Lifetime: ends before its Store. Errors everywhere: kUnavailable, kCorrupt.
class StoreView {
 public:
  static constexpr std::uint64_t kPageBytesMax = std::uint64_t{32} << 20;

  virtual ~StoreView() = default;

  virtual Result<ListVersion> version() = 0;
  virtual Result<std::vector<ListBank>> banks() = 0;
  virtual Result<std::optional<ListBank>> bank(BankId id) = 0;
  virtual Result<std::optional<ListBank>> bank_named(std::string_view tenant, std::string_view name) = 0;
  virtual Result<std::vector<Source>> sources() = 0;
  virtual Result<std::optional<Source>> source_named(std::string_view name) = 0;

  virtual Result<std::optional<Release>> release(ReleaseId id) = 0;
  virtual Result<std::vector<Release>> releases(ReleaseId after, std::size_t limit) = 0;
  /// Those that wait: still loading (releases() leaves these out), proposed or staged, without approvals.
  virtual Result<std::vector<Release>> open_releases(ReleaseId after, std::size_t limit) = 0;
  virtual Result<std::vector<PendingChange>> pending(ReleaseId release, EntryId after, std::size_t limit) = 0;
  virtual Result<std::vector<Refusal>> refusals(ReleaseId release, std::uint64_t offset,
                                                std::size_t limit) = 0;

  /// Each as it is now; those unknown, or still loading, are left out.
  virtual Result<std::vector<Entry>> entries(std::span<const EntryId> ids) = 0;
  virtual Result<std::vector<Entry>> entries_of_release(ReleaseId release, EntryId after,
                                                        std::size_t limit) = 0;
  virtual Result<std::vector<Entry>> entries_of_bank(BankId bank, EntryId after, std::size_t limit) = 0;
  /// Entries with id in (after, last] that carry a signal of a video (is_video_signal()), whatever their
  /// state; now and then one that carries none is among them, and none is missing. Costs nothing where there
  /// are no videos, however many entries there are.
  virtual Result<std::vector<VideoEntry>> video_entries(EntryId after, EntryId last, std::size_t limit) = 0;
  /// For each key, the newest entry of (bank, source) under that key that is not withdrawn.
  virtual Result<std::vector<std::optional<KnownKey>>> known_keys(BankId bank, SourceId source,
                                                                  std::span<const std::string> keys) = 0;
  /// Entries of the bank in this state.
  virtual Result<std::uint64_t> count(BankId bank, EntryState state) = 0;

  /// All that happened to an entry, oldest first. Errors: kNotFound.
  virtual Result<std::vector<EntryChange>> history(EntryId entry) = 0;
  /// As entries_of_bank(), as the bank stood at that version. Errors: kNotFound for a version to come.
  virtual Result<std::vector<Entry>> entries_at(BankId bank, std::uint64_t version, EntryId after,
                                                std::size_t limit) = 0;
  /// Changes after version `after`, oldest first, at most `limit`.
  virtual Result<std::vector<FeedItem>> feed(std::uint64_t after, std::size_t limit) = 0;
};

/// One atomic change; without commit() nothing of it has happened. List changes are serialised: each gets
/// the next version, and commits before the one after it can begin. Reads see the writes before them.
/// Errors: also kConflict (another writer was there for too long, or a precondition no longer holds),
/// kInvalidInput, kNotFound, kLimitExceeded (disk full).
class StoreChange : public StoreView {
 public:
  virtual Result<BankId> add_bank(const ListBank& bank, const Authorship& by) = 0;
  /// `bank.version` must be the stored one: else kConflict.
  virtual Result<void> set_bank(const ListBank& bank, const Authorship& by) = 0;
  virtual Result<SourceId> add_source(const Source& source, const Authorship& by) = 0;

  /// Records an approval, as a change with a feed item of its own (kRelease, in the state it was). Errors:
  /// kConflict (already approved by them, proposed by them, or not proposed or staged).
  virtual Result<void> approve(ReleaseId release, const Authorship& by) = 0;
  /// kLoading -> kProposed happens in ReleaseLoad::seal(). Here: kProposed -> kStaged, kActive, kRejected;
  /// kStaged -> kActive, kRejected; kActive -> kRejected (takes back: new entries are withdrawn, updates
  /// stay). To kActive carries out the pending changes, each with its own feed item. Errors: kConflict
  /// otherwise.
  virtual Result<void> set_release_state(ReleaseId release, ReleaseState state, const Authorship& by) = 0;
  /// Stores everything of `entry` but id, bank, source, key. `entry.version` must be the stored one.
  /// A state that is the release's, without a reason, follows the release from then on. `what`: for the
  /// history, 1 to 64 of a-z, 0-9 and '_'. All of a rejected release stays withdrawn: kConflict.
  virtual Result<void> set_entry(const Entry& entry, std::string_view what, const Authorship& by) = 0;

  /// Durable on return.
  virtual Result<ListVersion> commit() = 0;
};

/// Brings the entries of a release into the store in as many steps as it takes; nobody sees any of them
/// until seal(). What a step acknowledged survives a crash: resume with Store::resume_load(). Bounded memory.
/// Threads: one. Several loads may run at once.
class ReleaseLoad {
 public:
  virtual ~ReleaseLoad() = default;
  /// As it stands: of which bank and source, who began it, and what it holds.
  [[nodiscard]] virtual const Release& release() const = 0;
  [[nodiscard]] ReleaseId id() const { return release().id; }
  [[nodiscard]] const ReleaseCounts& counts() const { return release().counts; }
  /// What the last acknowledged step left under `checkpoint`; empty at the start.
  [[nodiscard]] virtual const std::string& checkpoint() const = 0;

  struct Step {
    std::span<const NewEntry> add{};
    std::span<const PendingChange> pending{};  ///< Of two for one entry the later counts.
    std::span<const Refusal> refusals{};
    std::uint64_t unchanged = 0;
    std::string checkpoint{};  ///< The caller's own place in its input.
  };
  /// One transaction of at most 1,000,000 records; 50,000 and more make an import quick. A key that the
  /// release adds already: the first stays, the other is left out and becomes a Refusal "duplicate_key".
  /// Errors: kInvalidInput, kLimitExceeded and a kConflict of the wait for another writer leave the load as
  /// it was; after any other error nobody knows whether the step was taken: every later call is kUnavailable
  /// until the load is resumed.
  virtual Result<void> write(const Step& step) = 0;
  /// Makes it a release in kProposed, visible as a whole. Counts and digest are final.
  virtual Result<Release> seal(const Authorship& by) = 0;
  /// Takes everything of it away.
  virtual Result<void> discard() = 0;
};

/// Port: the records of the lists. Guarantees: docs/store.md, tests/conformance/store. What commit(),
/// write() and seal() acknowledged survives kill -9 and power loss; nothing half-applied is ever seen; any
/// number of processes may use one store. Threads: any; each view, change or load belongs to one thread.
class Store {
 public:
  virtual ~Store() = default;

  virtual Result<std::unique_ptr<StoreView>> view() = 0;
  /// Waits for another writer up to a few seconds, then kConflict.
  virtual Result<std::unique_ptr<StoreChange>> change() = 0;
  virtual Result<std::unique_ptr<ReleaseLoad>> begin_load(BankId bank, SourceId source,
                                                          const Authorship& by) = 0;
  /// Errors: kNotFound, kConflict (sealed, or another process is loading it).
  virtual Result<std::unique_ptr<ReleaseLoad>> resume_load(ReleaseId release) = 0;
  /// Returns at once when the version is past `after`, else when it becomes so, or at the deadline: then
  /// false. Costs no query while waiting where the database can tell (PostgreSQL), else one each 20 ms.
  virtual Result<bool> wait_for_change(std::uint64_t after, std::chrono::milliseconds deadline) = 0;
};

}  // namespace seawall
