#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/digests.h"
#include "seawall/base/result.h"
#include "seawall/crypto/sealing.h"
#include "seawall/model/list_ids.h"
#include "seawall/public_report/report_form.h"
#include "seawall/public_report/report_page.h"
#include "seawall/sqlite/database.h"

namespace seawall {

struct ReportOptions {
  std::int64_t open_max = 10'000;     ///< Reports that nobody has decided.
  std::int64_t receipts_max = 1'000;  ///< Codes of one report; who comes later is counted alone.
  std::int64_t texts_max = 20;        ///< Texts of one report; further ones are not kept.
  std::chrono::hours keep{24 * 180};  ///< Of a report that nobody decides.
  std::chrono::hours keep_decided{24 * 90};
};

/// One report as the people who deal with it see it.
struct ReportView {
  std::int64_t id = 0;
  std::string category, language;
  ReportState state = ReportState::kReceived;
  std::int64_t count = 1;  ///< How often that address was reported while it was open.
  Time first{}, last{};
  std::optional<std::string> claimed_by;  ///< While the claim lasts.
  std::optional<Time> claimed_until;
  std::optional<std::string> decided_by;
  std::optional<Time> decided;
  Time erase_after{};
  std::string url;                 ///< Of open_report() alone; so is the rest.
  std::vector<std::string> texts;  ///< What senders wrote.
  struct Note {
    std::string by, text;
    Time at{};
  };
  std::vector<Note> notes;
};

struct ReportPage {
  std::vector<ReportView> reports;
  std::int64_t next = 0;  ///< 0: the end.
};

/// Why somebody who deals with reports was refused.
enum class ReportRefusal : std::uint8_t { kNone, kNoSuchReport, kClaimed, kNotClaimed, kDecided, kFull };

/// Reports of the public, in a folder (0700): `reports.db`, SQLite.
///
/// Guarantees: what was acknowledged is durable. Addresses and texts lie sealed (AES-256-GCM, bound to their
/// report), so does what people note; the same address is known again by an HMAC under the key alone, so that
/// the file tells nobody what was reported. Of a receipt's code its SHA-256 alone lies there. Nothing of a
/// sender is kept: no name, no network, no browser. Bounded. What is too old is overwritten. Threads: any;
/// one at a time. Blocks for the disk. Lifetime: the clock outlives it.
class ReportBook {
 public:
  static constexpr std::chrono::hours kClaim{1};
  static constexpr std::size_t kNoteBytesMax = 2'000;
  static constexpr std::int64_t kNotesMax = 50;

  /// `key`: of the service, for this alone. Errors: kUnavailable, kCorrupt, kInvalidInput.
  static Result<std::unique_ptr<ReportBook>> open(const std::filesystem::path& folder, const Sha256& key,
                                                  const Clock& clock, const ReportOptions& options);

  /// Keeps a report; one of an address that is open is counted with it. Gives the receipt's code; empty: it
  /// was counted alone. Errors: kLimitExceeded (open_max), the database's.
  Result<std::string> submit(const NewReport& report);
  /// What became of it. A sender learns only what was done since they reported: so nobody finds out, by
  /// reporting an address, that others have. None: no such code.
  Result<std::optional<ReportState>> state_of(std::string_view code);

  /// `open`: those that nobody has decided, oldest first; else the decided ones, newest first. No addresses.
  Result<ReportPage> reports(bool open, std::int64_t after, std::int64_t limit);
  /// With its address and texts. None: not there.
  Result<std::optional<ReportView>> open_report(std::int64_t id);
  /// For an hour; again, for another one. Errors: those of the database; refusals in `why`.
  Result<void> claim(std::int64_t id, std::string_view who, ReportRefusal& why);
  Result<void> decide(std::int64_t id, std::string_view who, ReportState outcome, ReportRefusal& why);
  Result<void> note(std::int64_t id, std::string_view who, std::string_view text, ReportRefusal& why);

  Result<void> tidy();
  /// How many nobody has decided.
  Result<std::int64_t> open_count();

 private:
  struct Row;
  ReportBook(Database database, const Sha256& key, const Clock& clock, const ReportOptions& options);
  Result<std::string> new_receipt(std::int64_t report, Time now);
  Result<std::int64_t> find_or_add(const NewReport& report, Time now);
  Result<void> add_text(std::int64_t report, std::string_view text);
  Result<std::optional<Row>> row(std::int64_t id);
  [[nodiscard]] Row row_at(const Statement& at) const;
  Result<std::string> opened(std::string_view sealed, std::string_view what, std::int64_t id) const;
  Result<std::string> sealed(std::string_view text, std::string_view what, std::int64_t id) const;

  const Clock& clock_;
  const ReportOptions options_;
  const Sha256 same_key_;  ///< Of the HMAC that knows an address again.
  const SealingKey key_;
  std::mutex mutex_;  // Guards the database.
  Database database_;
};

}  // namespace seawall
