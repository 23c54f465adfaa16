#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/log_outbox/log_outbox.h"
#include "seawall/orders/detail/rows.h"
#include "seawall/orders/order_case.h"
#include "seawall/orders/order_use.h"
#include "seawall/sqlite/database.h"
#include "seawall/statement/roster.h"

namespace seawall {

/// What became of a statement that was handed in.
struct SubmittedStatement {
  bool accepted = false;                 ///< In force; else it waits for those in `missing`.
  std::vector<StatementSigner> missing;  ///< Who is still to sign.
  std::string id = {};                   ///< SignedStatement::id(), in hex.
  std::string order = {};                ///< The order that it is about; empty: the roster.
};

/// An order as the book keeps it.
struct OrderRecord {
  OrderCase order;
  std::uint64_t used = 0;  ///< Records, each time counted.
  std::optional<std::uint64_t> leaf =
      {};  ///< Of the statement that granted it, in the log; none while it waits.
};

/// What is due, or overdue, of an order.
struct OrderDue {
  enum class What : std::uint8_t { kConfirmation, kOpening };
  std::string order;
  What what = What::kOpening;
  Time due{};
  bool overdue = false;
};

struct OrderBookOptions {
  /// SignedStatement::id() of the first statement of the only roster that is believed; none: whichever it
  /// has.
  std::optional<Sha256> roster = {};
  /// For whoever uses orders often: records are counted ahead, durably and by the block, so that most uses
  /// wait for no disk. Then call rest() every few seconds.
  bool counts_ahead = false;
  /// What names this run of the machine: it is another one once the kernel has lost what it had not written.
  /// Empty: the kernel's boot_id.
  std::string boot = {};
};
/// What `seawall roster show` prints: 64 hex digits. Errors: kInvalidInput.
Result<Sha256> roster_id_from(std::string_view text);

/// Every order, every statement of its life, the roster, and what was done under each order, in a folder of
/// this installation ("book.db", SQLite).
///
/// Guarantees: a statement is kept only once every signature that it has is good by the roster of that time,
/// and a step of an order is taken only once everybody who is to sign it has, and everybody whom the order
/// names is in the roster; both are asked again of whatever is read from the folder, so writing to it makes
/// no order; each change, with what the log
/// is to be told of it, is one durable transaction; a use is counted before it is allowed, so neither a kill
/// nor a power cut allows more than an order grants, and each leaves a trace of every use; the book's time
/// never goes back, so a clock that is set back revives nothing.
/// Counted ahead (`counts_ahead`): "up to N records, by this person, for this" is durable before the first of
/// them is allowed; each use is then written without waiting for the disk, which a kill of the process does
/// not undo. Whoever first opens the book after the machine lost its memory counts as used whatever may have
/// been, and tells the log so. At most one such block an order is open: another person or action closes it.
/// Threads: any; one at a time inside. Several processes may have it open. Errors everywhere: those
/// of Database. Limits: 1,000 statements that wait for a signature, dropped after 7 days.
class OrderBook final : public LogSource {
 public:
  static constexpr std::size_t kDraftsMax = 1000;

  /// Makes the folder (its owner's alone) where it is not there. `clock` outlives the book. Errors: kCorrupt
  /// too where the roster is not the one that `options` names.
  static Result<std::unique_ptr<OrderBook>> open(const std::filesystem::path& folder, const Clock& clock,
                                                 const OrderBookOptions& options = {});

  /// Takes a statement of the roster or of an order's life, signed by at least one of those who are to.
  /// Joined with the signatures that it was handed in with before. Errors: kInvalidInput (a bad signature, a
  /// rule broken), kConflict (not in this state), kNotFound (no such order), kLimitExceeded.
  Result<SubmittedStatement> submit(const SignedStatement& statement);

  Result<Roster> roster();
  /// Errors: kNotFound.
  Result<OrderRecord> order(std::string_view id);
  /// Ids behind `after`, ascending; `limit` 1..1000.
  Result<std::vector<std::string>> orders(std::string_view after, std::size_t limit);
  /// What waits for a signature, oldest first.
  Result<std::vector<SignedStatement>> drafts();
  /// Confirmations and openings of granted orders that are not done, by when they are due.
  Result<std::vector<OrderDue>> due();
  /// Tells the log of urgent orders that became void after they were used, as errors, and drops drafts that
  /// are too old. Gives how many errors were told. Each is told once. Call it every minute or so.
  Result<std::uint64_t> tidy();

  /// Where uses are counted ahead: makes those so far durable; where there were none since the last call,
  /// gives back what is counted ahead and not used. Call it every few seconds.
  Result<void> rest();
  ~OrderBook() override;

  /// The gate's work, see OrderGate.
  Result<OrderUseAnswer> use(const OrderUse& wanted, const LogProofCheck& in_log);
  /// What use() would refuse now; it counts nothing and tells nothing.
  Result<std::optional<OrderRefusal>> check(const OrderUse& wanted, const LogProofCheck& in_log);
  /// What was done under an order, oldest first: records of the log's entries. `after`: an
  /// OrderUseRecord::number.
  Result<std::vector<OrderUseRecord>> uses(std::string_view order, std::int64_t after, std::size_t limit);
  /// What an order reaches. Errors: kNotFound.
  Result<OrderScope> scope(std::string_view id);
  /// Entry, salt and place of the statement that granted an order: what the gate elsewhere is shown. Errors:
  /// kNotFound.
  Result<LogOpening> grant_opening(std::string_view id);

  Result<std::vector<PendingLogEntry>> pending(std::size_t max) override;
  Result<void> settle(std::span<const std::int64_t> ids, std::uint64_t first_index) override;

  /// The book's time: the clock's, or the latest that it has seen.
  Result<Time> now();

 private:
  OrderBook(Database database, const Clock& clock, const OrderBookOptions& options)
      : database_(std::move(database)), clock_(clock), options_(options) {}
  Result<Time> book_time();
  Result<Time> advance();
  Result<const Roster*> current_roster();
  Result<const OrderCase*> current_case(std::string_view id);  ///< nullptr: there is none.
  Result<OrderCase> read_case(std::string_view id);
  Result<Roster> read_roster();
  Result<void> check_is_pinned(const SignedStatement& first) const;
  Result<void> check_kept(const SignedStatement& statement, const OrderCase& after, Time received);

  Result<SubmittedStatement> submit_roster(const SignedStatement& statement, Time now);
  Result<SubmittedStatement> submit_step(const SignedStatement& statement, Time now);
  Result<void> check_renewal(const OrderCase& next, Time now);
  Result<void> keep_step(const SignedStatement& statement, OrderStep step, const OrderCase& after, Time now);
  Result<void> keep_case(const OrderCase& order, OrderStep step, std::int64_t told);
  Result<SignedStatement> joined_with_draft(const SignedStatement& statement);
  Result<void> keep_draft(const SignedStatement& statement, Time now);
  Result<void> drop_draft(const SignedStatement& statement);
  Result<std::uint64_t> tell_void_orders(Time now);

  enum class Disk : std::uint8_t { kNow, kLater };  ///< Whether a commit waits for the disk.
  /// What is used of an order, and counted ahead of its use.
  struct Quota {
    std::uint64_t used = 0;
    std::uint64_t counted = 0;  ///< At least `used` where something is counted ahead.
    std::string ahead_for;      ///< Whose block it is, and for which action.
  };
  Result<void> wait_for(Disk disk);  ///< From the next transaction on.
  Result<Transaction> begin(Disk disk);
  Result<bool> is_in_log(const OrderUse& wanted, const OrderCase& order, const LogProofCheck& in_log);
  Result<std::optional<OrderRefusal>> refusal_of_use(const OrderUse& wanted, const OrderCase* order,
                                                     const LogProofCheck& in_log, Time now);
  Result<void> keep_time();
  Result<std::optional<OrderUseAnswer>> try_use(const OrderUse& wanted, const LogProofCheck& in_log,
                                                Disk disk);
  Result<std::int64_t> count_use(const OrderUse& wanted, const OrderCase& order, Disk disk);
  Result<void> count_ahead(const OrderUse& wanted, const OrderCase& order, const std::string& record);
  Result<std::int64_t> tell_use(const std::string& id, LogTelling telling);
  Result<Quota> quota_of(std::string_view id);
  Result<void> settle_what_was_lost();
  Result<void> flush(bool gives_back);
  Result<void> keep_demand(const OrderDemand& demand, Time now);

  Result<LogOpening> opening_of_grant(std::string_view id);
  Result<std::optional<std::uint64_t>> leaf_of_grant(std::string_view id);
  Result<std::vector<std::string>> texts(std::string_view sql, std::optional<std::string_view> of);

  std::mutex mutex_;  // Guards everything below.
  Database database_;
  order_rows::Prepared prepared_{database_};
  const Clock& clock_;
  const OrderBookOptions options_;
  Time used_at_{};  ///< Of the latest use whose time the book does not have yet.
  Roster roster_;
  struct CachedCase {
    std::int64_t last = 0;  ///< The number of its last statement.
    OrderCase order;
    std::string entry = {};  ///< Of the log, once it was opened with the order's own text; else empty.
  };
  std::map<std::string, CachedCase, std::less<>> cases_;
  Disk disk_ = Disk::kNow;  ///< What the connection is set to.
  bool is_flushed_ = true;  ///< Nothing that this process used waits for the disk,
  bool has_ahead_ = false;  ///< or may be counted ahead of its use.
};

}  // namespace seawall
