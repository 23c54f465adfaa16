#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/statement/log_entry.h"
#include "seawall/store/access.h"
#include "seawall/store/log_records.h"
#include "seawall/store/store.h"

namespace seawall {

/// Sources of LogRecord that are numbered by the store itself.
inline constexpr std::string_view kListsSource = "lists";        ///< By list version.
inline constexpr std::string_view kAccessSource = "access";      ///< By number of AccessChange.
inline constexpr std::string_view kRequestsSource = "requests";  ///< By number of RequestEvent.

/// A record with a new salt and its entry. `record`: canonical JSON. Errors: kUnavailable (no random bytes).
Result<LogRecord> make_log_record(std::string_view source, std::uint64_t source_id, LogKind kind, Time at,
                                  std::string record, std::uint64_t count = 1);

/// The version of the lists that a record of kListsSource says, once its entry was opened with its salt.
/// Precondition: it has its salt. Whether a log holds the entry is another question. Errors: kCorrupt (the
/// entry is not this record's, or is of no change of the lists).
Result<ListVersion> list_version_of(const LogRecord& record);

/// Writes down a record for every change of the lists, of who may do what, and every step of a change request
/// that has none yet, in their order.
/// Guarantees: a change has one record however often this is cut off or run at once by several; what a record
/// says is all that the change's row says. Threads: one. Lifetime: borrows all three.
class ListLog {
 public:
  static constexpr std::size_t kStepMax = 1'000;  ///< Records a transaction.

  ListLog(Store& store, AccessStore& access, LogRecordStore& records)
      : store_(store), access_(access), records_(records) {}

  /// At most kStepMax of each source. Gives how many records are new; 0: all is written down. Blocks on the
  /// store. Errors: those of the stores.
  Result<std::size_t> step();

 private:
  Result<std::size_t> take_lists();
  Result<std::size_t> take_access();
  Result<std::size_t> take_requests();

  Store& store_;
  AccessStore& access_;
  LogRecordStore& records_;
};

}  // namespace seawall
