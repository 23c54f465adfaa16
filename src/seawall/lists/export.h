#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "seawall/exchange/exchange_format.h"
#include "seawall/lists/classification_map.h"
#include "seawall/store/store.h"

namespace seawall {

struct ExportOptions {
  BankId bank{};
  std::optional<SourceId> source;        ///< Only entries of this one.
  std::optional<std::uint64_t> version;  ///< As the list was then; else as it is.
  std::vector<EntryState> states = {EntryState::kActive};
  bool tombstones = false;  ///< Withdrawn entries too, as tombstones.
  std::optional<Time> now;  ///< Entries expired by then count as withdrawn; none: expiry is not looked at.
  /// Classifications are mapped to this scheme; where there is no value, they are left out. Each is a loss.
  std::optional<ClassificationScheme> scheme;
};

struct ExportReport {
  std::uint64_t records = 0;
  std::uint64_t tombstones = 0;
  std::map<std::string, std::uint64_t> losses;  ///< By kind: records that lost it, as the writer names it.
  /// By what was lost, in words: classifications that were mapped with a loss or left out.
  std::map<std::string, std::uint64_t> classification_losses;
  ListVersion version;  ///< Of the view; `options.version` may be older.
};

/// Writes a bank's entries in the order of their ids and finishes the document. Keys are the sources' own;
/// two sources of one bank may name different entries alike, so export such a bank by source. Bounded memory.
/// Blocks. Errors: kNotFound (bank, version), those of the view and the writer.
Result<ExportReport> export_list(StoreView& view, const ExportOptions& options, ExchangeWriter& writer);

}  // namespace seawall
