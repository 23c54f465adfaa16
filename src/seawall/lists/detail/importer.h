#pragma once

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "seawall/lists/detail/import_checkpoint.h"
#include "seawall/lists/guards.h"
#include "seawall/lists/harmless.h"
#include "seawall/lists/import.h"

namespace seawall::lists_detail {

/// One run of import_list(). Threads: one, and at most one other that writes a step meanwhile.
class Importer {
 public:
  Importer(Store& store, const Clock& clock, ExchangeReader& reader, const ImportOptions& options)
      : store_(store), clock_(clock), reader_(reader), options_(options) {}
  Result<ImportReport> run();

 private:
  /// What a batch comes to. The report has it once it is written.
  struct Batch {
    std::vector<ExchangeRecord> records;
    std::vector<NewEntry> add;
    std::vector<PendingChange> pending;
    std::vector<Refusal> refusals;
    std::uint64_t unchanged = 0;
    std::uint64_t tombstones_unknown = 0;
    std::uint64_t hashes_not_matched = 0;
    std::uint64_t videos_not_matched = 0;
    std::vector<std::string> conflicting_keys;
    ImportCheckpoint end;  ///< Where the input stands after it.
  };

  Result<void> begin();
  Result<void> skip_read();
  Result<void> read_all();
  Result<bool> read_batch(Batch& batch);
  void take_read(const ExchangeOutcome& outcome, ExchangeRecord& record, Batch& batch);
  Result<void> decide(Batch& batch);
  Result<void> check_guards(Batch& batch, std::vector<GuardFinding>& findings);
  Result<void> compare(StoreView& view, Batch& batch, std::vector<GuardFinding>& findings);
  static void place(ExchangeRecord& record, GuardFinding& finding, const std::optional<KnownKey>& known,
                    Batch& batch);
  static Result<void> note_conflicts(StoreView& view, Batch& batch);
  Result<void> withdraw_missing();
  Result<bool> withdraw_page(StoreView& view, Batch& batch);
  /// Waits for the batch before it, then has it written unless the import is stopped.
  Result<void> write(Batch batch);
  static Result<void> write_step(ReleaseLoad& load, const Batch& batch);
  /// Waits for the batch that is being written, if any, and reports it.
  Result<void> settle();
  void report(Batch& batch);
  void count_dry(const Batch& batch);
  Result<ImportReport> finish();
  static void refuse(Batch& batch, const std::string& key, std::string reason, const std::string& detail,
                     bool quarantined);
  /// Folds one thing read into the input's hash; the key's hash.
  KeyHash note_input(const ExchangeOutcome& outcome, const ExchangeRecord& record);
  [[nodiscard]] Authorship by() const { return {options_.by.who, options_.by.why, clock_.now()}; }

  Store& store_;
  const Clock& clock_;
  ExchangeReader& reader_;
  const ImportOptions& options_;
  ImportReport report_;
  ImportCheckpoint at_;
  KeySet seen_;
  std::optional<HarmlessLists> harmless_;  // None: the bank is harmless itself.
  std::unique_ptr<ReleaseLoad> load_;      // Null in a dry run.
  std::string canonical_;                  // Scratch.
  std::unique_ptr<Batch> in_flight_;       // Being written, or written and not yet reported.
  std::future<Result<void>> writing_;      // Last: its end waits for the writing.
};

}  // namespace seawall::lists_detail
