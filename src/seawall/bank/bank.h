#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/bank/settings.h"
#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/index/live_index.h"
#include "seawall/model/signal.h"
#include "seawall/signal_file/signal_record.h"
#include "seawall/video_print/dense_print.h"

namespace seawall {

/// What happens when a record's id is already listed with other content. Equal content is "unchanged" always.
enum class DuplicatePolicy : std::uint8_t {
  kUpdate,  ///< The new record takes the old one's place.
  kKeep,    ///< The old one stays; counted.
  kRefuse,  ///< kConflict.
};

struct BankImportOptions {
  DuplicatePolicy duplicates = DuplicatePolicy::kUpdate;
  bool allow_low_quality = false;  ///< List hashes of a stated quality under kPdqQualityMin too.
};

struct BankImportCounts {
  std::uint64_t added = 0;
  std::uint64_t updated = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t kept = 0;                ///< Differing duplicates under kKeep.
  std::uint64_t repeated_ids = 0;        ///< Records, counted above, whose id this import itself had listed.
  std::uint64_t low_quality_hashes = 0;  ///< PDQ hashes left out.
  std::uint64_t all_zero_hashes = 0;     ///< Listed, and likely those of flat pictures: worth a warning.
  std::uint64_t low_quality_rows = 0;    ///< Records left out because no signal remained.
  /// Records, counted in `updated`, that took the place of a video and have neither a print nor its digests.
  std::uint64_t prints_lost = 0;
};

struct BankCounts {
  std::uint64_t entries = 0;
  std::uint64_t pdq = 0;
  std::uint64_t md5 = 0;
  std::uint64_t sha1 = 0;
  std::uint64_t sha256 = 0;
  std::uint64_t clips = 0;       ///< Entries that are videos.
  std::uint64_t clip_bytes = 0;  ///< Of their prints, as stored.
  std::uint64_t changes = 0;     ///< Position of the last change.
  std::uint64_t size_bytes = 0;  ///< Of all files in the folder.
};

/// Reads entries, on a connection of its own. Threads: one; make one a thread.
class BankReader {
 public:
  BankReader(BankReader&&) noexcept;
  ~BankReader();

  /// The id of an entry; false when it is no longer listed. An entry that has been given other content since
  /// the bank was opened is still listed. `id` lives until the next call. About 1 us.
  Result<bool> id_of(EntryId entry, std::string_view& id);
  /// The entry listed under `id`, whole; false when there is none.
  Result<bool> find(std::string_view id, SignalRecord& record, EntryId& entry);
  /// Every entry in the order of its listing, from one snapshot, until `visit` returns false.
  Result<void> each(FunctionRef<Result<bool>(EntryId, const SignalRecord&)> visit);

  /// A listed video. `id` lives during the visit.
  using ClipVisit = FunctionRef<Result<bool>(EntryId, std::string_view id, DensePrint)>;
  /// The print of every listed video, as each(). Errors: also kCorrupt, for a print that is damaged.
  Result<void> each_clip(ClipVisit visit);
  /// The print of the video listed under `id`; false when there is none, or no video.
  Result<bool> find_clip(std::string_view id, DensePrint& print);

 private:
  friend class Bank;
  struct Impl;
  explicit BankReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// One import: all of it becomes visible at commit(), or none of it. Bounded memory whatever its size.
/// Threads: one. Lifetime: ends before its Bank.
class BankImport {
 public:
  BankImport(BankImport&&) noexcept;
  ~BankImport();  ///< Without commit(): nothing has changed.

  /// A record with the digests of the video that is listed under its id keeps that video's print.
  /// Errors: kConflict under DuplicatePolicy::kRefuse, those of the store. After an error of the store the
  /// import cannot be committed.
  Result<void> add(const SignalRecord& record);
  /// Lists a video: `record` holds its digests (and no PDQ hash of single frames), `print` what finds its
  /// parts. Errors: as add(), and those of write_dense_print().
  Result<void> add_video(const SignalRecord& record, const DensePrint& print);
  /// Takes an id off the list; false when it is not on it.
  Result<bool> remove(std::string_view id);
  /// Makes the import durable, then visible to queries. Blocks for the indexes.
  Result<BankImportCounts> commit();
  [[nodiscard]] const BankImportCounts& counts() const;

 private:
  friend class Bank;
  struct Impl;
  explicit BankImport(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// A named set of listed content in a folder (docs/formats/bank.md): entries.db is the truth, index/ follows
/// it and is rebuilt from it when lost. Guarantees: what commit() acknowledged survives kill -9 and power
/// loss at any time; one writer at a time, any number of readers beside it, each on the state it opened.
/// Threads: queries of the indexes from any number; the rest from one.
/// Errors of everything here: kNotFound (no bank there), kConflict (another writer), kCorrupt (says what to
/// do), kUnavailable (I/O).
class Bank {
 public:
  /// Makes a bank in a folder that does not exist or is empty. Errors: also kConflict (something is there).
  static Result<void> create(const std::filesystem::path& folder, const BankSettings& settings);
  static Result<std::unique_ptr<Bank>> open_for_reading(const std::filesystem::path& folder);
  static Result<std::unique_ptr<Bank>> open_for_writing(const std::filesystem::path& folder);
  Bank(const Bank&) = delete;
  Bank& operator=(const Bank&) = delete;
  ~Bank();

  [[nodiscard]] const std::filesystem::path& folder() const;
  [[nodiscard]] const BankSettings& settings() const;
  /// Something an operator should know about the opening, such as that the index was rebuilt; or empty.
  [[nodiscard]] const std::string& remark() const;

  Result<BankCounts> counts();
  Result<BankReader> reader() const;
  /// Only when opened for writing.
  Result<BankImport> begin_import(const BankImportOptions& options = {});

  [[nodiscard]] const LiveIndex& pdq_index() const;
  /// The entries that own this digest; kMd5, kSha1 or kSha256. Threads: any number.
  Result<std::vector<EntryId>> entries_with(SignalType type, std::span<const std::byte> digest) const;

  /// Reads everything and compares the indexes with the entries. Only when opened for writing.
  /// Errors: kCorrupt names the first fault and what to do.
  Result<void> verify();

 private:
  friend class BankImport;
  struct Impl;
  explicit Bank(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace seawall
