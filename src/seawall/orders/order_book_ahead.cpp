#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "seawall/base/unique_fd.h"
#include "seawall/orders/detail/rows.h"
#include "seawall/orders/order_book.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

/// Of this run of the machine; empty where the kernel does not say.
std::string kernels_boot() {
  const UniqueFd fd(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  std::array<char, 64> text{};
  const ssize_t size = fd ? ::read(fd.get(), text.data(), text.size()) : 0;
  return {text.data(), static_cast<std::size_t>(size > 0 ? size : 0)};
}

struct Lost {
  std::string order;
  std::uint64_t records = 0;
  std::string ahead;
};

/// What was to be done with the block that `ahead` began, and nobody knows how far it was.
Result<LogTelling> telling_of(const Lost& lost, Time now) {
  SEAWALL_TRY(Json json, parse_json(lost.ahead));
  const auto action =
      json.is_object() ? order_action_named(json.value("action", std::string())) : std::nullopt;
  if (!action) return fail(Code::kCorrupt, "the order book holds a block of uses that cannot be read");
  json["count"] = lost.records;
  json["records"] = Json::array();
  json["counted_ahead"] = true;
  SEAWALL_TRY(std::string record, canonical_json(json));
  return LogTelling{.kind = order_rows::log_kind_of(*action),
                    .at = now,
                    .record = std::move(record),
                    .count = lost.records};
}

}  // namespace

Result<OrderBook::Quota> OrderBook::quota_of(std::string_view id) {
  SEAWALL_TRY(Statement read, database_.prepare("SELECT used, counted, ahead_for FROM orders WHERE id = ?1"));
  SEAWALL_TRY(const bool any, read.bind(1, id).step());
  if (!any) return Quota{};
  return Quota{.used = static_cast<std::uint64_t>(read.integer(0)),
               .counted = static_cast<std::uint64_t>(read.integer(1)),
               .ahead_for = std::string(read.text(2))};
}

/// What a use wrote without waiting for the disk outlives the process and not the machine's memory.
Result<void> OrderBook::settle_what_was_lost() {
  const std::string boot = options_.boot.empty() ? kernels_boot() : options_.boot;
  SEAWALL_TRY(const auto seen, texts("SELECT boot FROM book", std::nullopt));
  if (!boot.empty() && seen.front() == boot) return {};
  SEAWALL_TRY(auto transaction, begin(Disk::kNow));
  SEAWALL_TRY(const Time now, advance());
  SEAWALL_TRY(Statement each,
              database_.prepare("SELECT id, counted - used, ahead FROM orders WHERE counted > used"));
  std::vector<Lost> all;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) break;
    all.push_back(
        {std::string(each.text(0)), static_cast<std::uint64_t>(each.integer(1)), std::string(each.text(2))});
  }
  for (const Lost& lost : all) {
    SEAWALL_TRY(LogTelling telling, telling_of(lost, now));
    SEAWALL_CHECK(tell_use(lost.order, std::move(telling)));
  }
  SEAWALL_CHECK(
      database_.run("UPDATE orders SET used = counted, ahead = '', ahead_for = '' WHERE counted > used"));
  SEAWALL_TRY(Statement put, database_.prepare("UPDATE book SET boot = ?1"));
  SEAWALL_CHECK(put.bind(1, std::string_view(boot)).run());
  return transaction.commit();
}

Result<void> OrderBook::flush(bool gives_back) {
  SEAWALL_TRY(auto transaction, begin(Disk::kNow));
  SEAWALL_CHECK(advance());
  // A transaction that changes nothing would synchronize nothing.
  SEAWALL_CHECK(database_.run("UPDATE book SET flushes = flushes + 1"));
  if (gives_back) {
    SEAWALL_CHECK(
        database_.run("UPDATE orders SET counted = used, ahead = '', ahead_for = '' WHERE counted > used"));
    has_ahead_ = false;
  }
  SEAWALL_CHECK(transaction.commit());
  is_flushed_ = true;
  return {};
}

Result<void> OrderBook::rest() {
  const std::scoped_lock lock(mutex_);
  if (is_flushed_ && !has_ahead_) return {};
  return flush(is_flushed_);
}

OrderBook::~OrderBook() {
  // What fails here is made good by whoever opens the book next.
  if (has_ahead_ || !is_flushed_) (void)flush(true).has_value();
}

}  // namespace seawall
