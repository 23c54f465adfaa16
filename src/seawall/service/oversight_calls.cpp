#include "seawall/service/oversight_calls.h"

#include <algorithm>

#include "seawall/durable_file/posix_file_system.h"
#include "seawall/service/list_answers.h"
#include "seawall/statement/members.h"
#include "seawall/tlog/tile.h"

namespace seawall {
namespace {

constexpr std::size_t kPathBytesMax = 80;
constexpr std::uint64_t kFileBytesMax = std::uint64_t{17} << 20;  // A bundle of the longest entries has less.
constexpr std::size_t kPage = 1'000;
constexpr std::size_t kRowsMax = 10'000;

tl::unexpected<CallProblem> switched_off(const char* table) {
  return refuse(ProblemKind::kNotServed,
                std::string("The settings of this service have no [") + table + "] table.");
}

Json time_or_null(std::optional<Time> time) { return time ? Json(second_text(*time)) : Json(); }

Json texts_of(const std::vector<tlog::VerifierKey>& keys) {
  Json texts = Json::array();
  for (const tlog::VerifierKey& key : keys) texts.push_back(key.vkey());
  return texts;
}

bool is_full(const std::string& path) { return path != "checkpoint" && path.find(".p/") == path.npos; }

Called<std::string> read_log_file(const std::filesystem::path& folder, const std::string& path) {
  SEAWALL_TRY(const auto files, durable::posix_folder_tree(folder, false));
  SEAWALL_TRY(const auto file, files->open_read(path));
  if (file->size_bytes() > kFileBytesMax)
    return tl::unexpected(CallProblem(Error{Code::kCorrupt, "a file of the log is too long"}));
  std::string bytes(file->size_bytes(), '\0');
  SEAWALL_CHECK(file->read(0, std::as_writable_bytes(std::span(bytes))));
  return bytes;
}

Json json_of(const OrderRecord& record, Time now) {
  const OrderCase& order = record.order;
  const OrderDocument& document = order.document();
  Json json{{"order", order.id()},
            {"state", name_of(order.state(now))},
            {"urgent", order.is_urgent()},
            {"actions", Json::array()},
            {"not_before", second_text(document.not_before)},
            {"not_after", second_text(document.not_after)},
            {"ends", time_or_null(order.ends())},
            {"records_max", order.records_max()},
            {"used", record.used},
            {"leaf", record.leaf ? Json(*record.leaf) : Json()},
            {"received", order.received().empty() ? Json() : Json(second_text(order.received().front()))},
            {"confirm_by", order.is_confirmed() ? Json() : time_or_null(order.confirm_by())},
            {"opening_due", time_or_null(order.opening_due())},
            {"opened", order.is_opened()}};
  for (const OrderAction action : document.actions) json["actions"].push_back(name_of(action));
  return json;
}

Json json_of(const ErrorCase& one, Time now) {
  return {{"number", one.number},           {"kind", one.error.reportable ? "reportable" : "recordable"},
          {"serious", one.error.serious},   {"what", one.error.what},
          {"concerns", one.error.concerns}, {"discovered", second_text(one.error.discovered)},
          {"due", time_or_null(one.due)},   {"reported", time_or_null(one.reported)},
          {"told", time_or_null(one.told)}, {"untold_why", one.untold_why},
          {"overdue", one.is_overdue(now)}};
}

Json json_of(const Recommendation& one, Time now) {
  return {{"number", one.number}, {"grade", name_of(one.made.grade)}, {"what", one.made.what},
          {"to", one.made.to},    {"by", second_text(one.made.by)},   {"state", name_of(one.state)},
          {"answer", one.answer}, {"overdue", one.is_overdue(now)}};
}

/// All rows behind one another, up to kRowsMax. `read`: gives a page behind a number.
template <class Read>
Called<Json> all_rows(Read read, Time now) {
  Json rows = Json::array();
  for (std::int64_t last = 0;;) {
    SEAWALL_TRY(const auto page, read(last));
    for (const auto& one : page) rows.push_back(json_of(one, now));
    if (page.size() < kPage || rows.size() >= kRowsMax) return rows;
    last = page.back().number;
  }
}

}  // namespace

void OversightCalls::serve(ServedOperations& operations) {
  const auto add = [&](Operation operation, CallResult (OversightCalls::*run)(const Call&) const) {
    ServedOperation how;
    how.run = [this, run](Call& call) { return (this->*run)(call); };
    operations.serve(operation, std::move(how));
  };
  add(Operation::kLogTrust, &OversightCalls::log_trust);
  add(Operation::kLogFile, &OversightCalls::log_file);
  add(Operation::kOrders, &OversightCalls::orders);
  add(Operation::kOversightRegister, &OversightCalls::oversight_register);
}

CallResult OversightCalls::log_trust(const Call& call) const {
  SEAWALL_CHECK(no_parameters(call));
  if (!parts_.orders_settings) return switched_off("orders");
  const LogTrust& trust = parts_.orders_settings->trust;
  return json_result(200, Json{{"origin", trust.origin},
                               {"log_keys", texts_of(trust.log)},
                               {"witness_keys", texts_of(trust.witnesses)},
                               {"quorum", trust.quorum}});
}

CallResult OversightCalls::log_file(const Call& call) const {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  SEAWALL_TRY(const auto path, query.text("path", kPathBytesMax));
  SEAWALL_CHECK(query.finish());
  if (!parts_.orders_settings) return switched_off("orders");
  if (!path || (*path != "checkpoint" && !tlog::parse_tile_path(*path)))
    return refuse_at("?path", "Name checkpoint or a tile, such as tile/0/x001/234 or tile/entries/000.p/7.");
  SEAWALL_TRY(std::string bytes, read_log_file(parts_.orders_settings->log, *path));
  HttpAnswer answer = text_answer(200, "application/octet-stream", std::move(bytes));
  answer.fields.emplace_back("Cache-Control",
                             is_full(*path) ? "private, max-age=31536000, immutable" : "no-store");
  return answer;
}

CallResult OversightCalls::orders(const Call& call) const {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  SEAWALL_TRY(const PageAsk page, page_from(query));
  if (parts_.orders == nullptr) return switched_off("orders");
  SEAWALL_TRY(const Time now, parts_.orders->now());
  PageWriter rows("orders", page.limit);
  for (std::string after = page.after;;) {
    SEAWALL_TRY(const auto ids, parts_.orders->orders(after, kPage));
    for (const std::string& id : ids) {
      if (rows.full()) return rows.finish(after);
      SEAWALL_TRY(const OrderRecord record, parts_.orders->order(id));
      if (record.order.document().scope.tenant == call.tenant()) rows.add(json_of(record, now));
      after = id;
    }
    if (ids.size() < kPage) return rows.finish("");
  }
}

CallResult OversightCalls::oversight_register(const Call& call) const {
  SEAWALL_CHECK(no_parameters(call));
  if (parts_.oversight == nullptr) return switched_off("oversight");
  if (call.tenant() != parts_.oversight_settings->tenant)
    return refuse(ProblemKind::kNotFound, "The register is another tenant's.");
  const Time now = parts_.clock.now();
  OversightRegister& book = *parts_.oversight;
  Json json;
  SEAWALL_TRY(json["errors"], all_rows([&](std::int64_t after) { return book.errors(after, kPage); }, now));
  SEAWALL_TRY(json["recommendations"],
              all_rows([&](std::int64_t after) { return book.recommendations(after, kPage); }, now));
  return json_result(200, json);
}

}  // namespace seawall
