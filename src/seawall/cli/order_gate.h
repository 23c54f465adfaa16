#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "seawall/cli/command.h"
#include "seawall/cli/order_session.h"
#include "seawall/copy_mark/copy_mark.h"
#include "seawall/order_pass/order_mark.h"

namespace seawall::cli {

inline constexpr OptionSpec kOrderOption{
    .name = "--order",
    .value = "ID",
    .help = "the order under which this is done; needed where a log is kept of the store",
    .kind = ValueKind::kText};
inline constexpr OptionSpec kLogFolderOption{.name = "--log",
                                             .value = "DIR",
                                             .help = "with --order: the folder of the transparency log",
                                             .kind = ValueKind::kDirectory};
inline constexpr OptionSpec kLogKeyOption{.name = "--log-key",
                                          .value = "VKEY",
                                          .help = "with --order: the log's public key",
                                          .kind = ValueKind::kText,
                                          .repeatable = true};
inline constexpr OptionSpec kWitnessKeyOption{
    .name = "--witness-key",
    .value = "VKEY",
    .help = "with --order: a witness that must have cosigned the log's head",
    .kind = ValueKind::kText,
    .repeatable = true};

inline constexpr OptionSpec kPinnedRosterOption{
    .name = "--roster",
    .value = "ID",
    .help = "with --order: believe this roster only, as seawall roster show names it",
    .kind = ValueKind::kText};

/// What a command is about to do under an order.
struct GatedUse {
  OrderAction action = OrderAction::kObservationLookup;
  std::string tenant;                     ///< Whose records.
  std::vector<std::string> records = {};  ///< Of the entries named, as orders name them; else:
  std::string selector = {};              ///< "release:12", "bank:default/known", "since:340".
  std::uint64_t count = 1;
  std::optional<OrderMark> mark = {};  ///< Of the folder of observations: then it needs an order anyhow.
};

/// Whether a transparency log is kept of the store at `url`: then what is sensitive needs an order.
Result<bool> is_under_orders(const std::string& url);

/// The gate of a sensitive command. Nothing where no log is kept of the store and no mark is met. Else: what
/// is allowed is counted and told to the log when this returns. Errors: kInvalidInput, saying what is missing
/// or why the order does not do.
Result<void> pass_order_gate(const Arguments& arguments, const std::string& url, const GatedUse& use);

/// The same for a copy that leaves: the mark of this use, which the copy is to bear. None where no log is
/// kept.
Result<std::optional<CopyMark>> pass_export_gate(const Arguments& arguments, const std::string& url,
                                                 const GatedUse& use);

/// The same without counting: whether pass_order_gate() would let it through now. To be asked before work is
/// done. Errors: as pass_order_gate().
Result<void> check_order_gate(const Arguments& arguments, const std::string& url, const GatedUse& use);

/// Marks a folder of observations that a store under orders writes to. Errors: those of the store and the
/// mark.
Result<void> mark_where_under_orders(const std::string& url, const std::string& folder);

/// For a command that is not to be used at all where a log is kept. Errors: kInvalidInput with `instead`.
Result<void> refuse_under_orders(const std::string& url, std::string_view instead);

}  // namespace seawall::cli
