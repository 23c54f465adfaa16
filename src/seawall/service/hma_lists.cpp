#include "seawall/service/hma_lists.h"

#include <algorithm>

namespace seawall {
namespace {

constexpr std::size_t kOpenRequestsMax = 10'000;
constexpr std::size_t kModelBytesMax = std::size_t{128} << 10;

}  // namespace

bool hma_shows(const ListBank& bank, const Identity& who) {
  if (bank.tenant != who.tenant || bank.kind != BankKind::kListed) return false;
  return who.banks.empty() || std::ranges::find(who.banks, bank.name) != who.banks.end();
}

Result<std::optional<ListBank>> hma_bank_named(StoreView& view, const Identity& who, std::string_view name) {
  SEAWALL_TRY(auto bank, view.bank_named(who.tenant, name));
  if (bank && !hma_shows(*bank, who)) bank.reset();
  return bank;
}

tl::unexpected<CallProblem> hma_no_bank(std::string_view name) {
  return refuse(ProblemKind::kNotFound, "bank '" + std::string(name) + "' not found");
}

Json hma_bank_json(const ListBank& bank, Time now) {
  const bool active = bank.active && !(bank.expires_at && *bank.expires_at <= now);
  return Json{{"name", bank.name}, {"matching_enabled_ratio", active ? 1.0 : 0.0}};
}

void add_waits(Json& json, RequestId request, int approvals_missing) {
  json["request"] = static_cast<std::uint64_t>(request);
  json["approvals_missing"] = approvals_missing;
}

void add_waits(Json& json, ReleaseId release, int approvals_missing) {
  json["release"] = static_cast<std::uint32_t>(release);
  json["approvals_missing"] = approvals_missing;
}

Result<std::optional<OpenRequest>> hma_open_request(ListService& lists, const WantedChange& wanted) {
  SEAWALL_TRY(auto open, lists.open_requests(RequestId{0}, kOpenRequestsMax));
  for (OpenRequest& one : open) {
    if (one.wanted == wanted) return std::optional(std::move(one));
  }
  return std::nullopt;
}

Json hma_model_body(const Call& call) {
  if (call.media_type() != "application/json") return {};
  return parse_json(call.body.text(), kModelBytesMax).value_or(Json());
}

CallResult as_hma(CallResult result) {
  if (result) return result;
  const int status = meaning_of(result.error().kind).status;
  if (status == 409 || status == 415) result.error().kind = ProblemKind::kInvalidInput;
  return result;
}

}  // namespace seawall
