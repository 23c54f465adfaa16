#include "seawall/cli/order_gate.h"

#include <cstdlib>
#include <functional>
#include <memory>

#include "seawall/audit/audit_keys.h"
#include "seawall/cli/lists_session.h"
#include "seawall/order_pass/order_pass.h"
#include "seawall/store_sql/log_records.h"

namespace seawall::cli {
namespace {

constexpr std::string_view kLists = "lists";

Result<LogTrust> trust_from(const Arguments& arguments) {
  const auto log = arguments.all("--log-key");
  if (log.empty()) return fail(Code::kInvalidInput, "--order needs --log-key: the log's public key");
  SEAWALL_TRY(AuditKeys keys, audit_keys_from(log, arguments.all("--witness-key"), {}, {}));
  return LogTrust{std::move(keys.origin), std::move(keys.log), std::move(keys.witnesses), keys.quorum};
}

Result<std::string> book_folder(const Arguments& arguments) {
  if (const auto folder = arguments.text("--book")) return *folder;
  const char* named = std::getenv("SEAWALL_ORDER_BOOK");
  if (named != nullptr && *named != '\0') return std::string(named);
  return fail(Code::kInvalidInput, "--order needs --book DIR, or $SEAWALL_ORDER_BOOK");
}

using Refused = Result<std::optional<OrderRefusal>>;

/// The roster of --roster, which is the mark's where there is one that names it.
Result<OrderPassOptions> pass_options_from(const Arguments& arguments, const std::optional<OrderMark>& mark) {
  OrderPassOptions options;
  if (mark) options.book.roster = mark->roster;
  if (const auto id = arguments.text("--roster")) {
    SEAWALL_TRY(const Sha256 named, roster_id_from(*id));
    if (options.book.roster.value_or(named) != named) {
      return fail(Code::kInvalidInput, "the folder of observations is under orders of another roster");
    }
    options.book.roster = named;
  }
  return options;
}

Result<std::unique_ptr<OrderPass>> open_pass(const Arguments& arguments, const Clock& clock,
                                             const std::optional<OrderMark>& mark) {
  const auto log = arguments.text("--log");
  if (!log) return fail(Code::kInvalidInput, "--order needs --log: the folder of the transparency log");
  SEAWALL_TRY(const std::string book, book_folder(arguments));
  SEAWALL_TRY(LogTrust trust, trust_from(arguments));
  SEAWALL_TRY(OrderPassOptions options, pass_options_from(arguments, mark));
  return OrderPass::open(book, *log, std::move(trust), clock, std::move(options));
}

Result<OrderUse> use_from(const Arguments& arguments, const GatedUse& use) {
  OrderUse wanted;
  wanted.order = arguments.text("--order").value_or("");
  SEAWALL_TRY(wanted.person, account_from(arguments));
  wanted.tenant = use.tenant;
  wanted.action = use.action;
  wanted.records = use.records;
  wanted.selector = use.selector;
  wanted.count = use.count;
  return wanted;
}

Result<void> ask_gate(const Arguments& arguments, const std::string& url, const GatedUse& use,
                      const std::function<Refused(OrderPass&, OrderUse)>& ask) {
  SEAWALL_TRY(const bool by_store, is_under_orders(url));
  if (!by_store && !use.mark) return {};
  if (!arguments.text("--order")) {
    return fail(Code::kInvalidInput, std::string(by_store ? "a transparency log is kept of this store"
                                                          : "this folder of observations is under orders") +
                                         ", so this needs an order: give --order ID (seawall orders --help)");
  }
  const SystemClock clock;
  SEAWALL_TRY(const auto pass, open_pass(arguments, clock, use.mark));
  SEAWALL_TRY(OrderUse wanted, use_from(arguments, use));
  SEAWALL_TRY(const auto refusal, ask(*pass, std::move(wanted)));
  if (!refusal) return {};
  return fail(Code::kInvalidInput, "the order does not allow this: " + std::string(advice_on(*refusal)));
}

}  // namespace

Result<bool> is_under_orders(const std::string& url) {
  SEAWALL_TRY(const auto records, open_log_records(url));
  SEAWALL_TRY(const auto published, records->published(kLists));
  return published.has_value();
}

Result<void> mark_where_under_orders(const std::string& url, const std::string& folder) {
  SEAWALL_TRY(const bool needed, is_under_orders(url));
  if (!needed) return {};
  return mark_under_orders(folder, {});
}

Result<void> refuse_under_orders(const std::string& url, std::string_view instead) {
  SEAWALL_TRY(const bool needed, is_under_orders(url));
  if (!needed) return {};
  return fail(Code::kInvalidInput,
              "a transparency log is kept of this store, so this is not done without an order: " +
                  std::string(instead));
}

Result<void> pass_order_gate(const Arguments& arguments, const std::string& url, const GatedUse& use) {
  return ask_gate(arguments, url, use, [](OrderPass& pass, OrderUse wanted) -> Refused {
    SEAWALL_TRY(const OrderUseAnswer answer, pass.pass(std::move(wanted)));
    return answer.refusal;
  });
}

Result<std::optional<CopyMark>> pass_export_gate(const Arguments& arguments, const std::string& url,
                                                 const GatedUse& use) {
  std::optional<CopyMark> mark;
  SEAWALL_CHECK(ask_gate(arguments, url, use, [&mark](OrderPass& pass, OrderUse wanted) -> Refused {
    const std::string order = wanted.order;
    SEAWALL_TRY(const OrderUseAnswer answer, pass.pass(std::move(wanted)));
    if (answer.refusal) return answer.refusal;
    SEAWALL_TRY(const OrderUseRecord told, pass.told(order, *answer.allowed));
    mark = CopyMark::of_use(told.entry, told.salt);
    return answer.refusal;
  }));
  return mark;
}

Result<void> check_order_gate(const Arguments& arguments, const std::string& url, const GatedUse& use) {
  return ask_gate(arguments, url, use,
                  [](OrderPass& pass, OrderUse wanted) { return pass.check(std::move(wanted)); });
}

}  // namespace seawall::cli
