#include "seawall/lists/two_person.h"

#include <algorithm>

namespace seawall {
namespace {

constexpr std::uint64_t kSmallDelta = 500;
constexpr std::uint64_t kSmallDeltaDivisor = 20;  // 5 %.

std::string who_may(const ApprovalStand& stand) {
  std::string text = "any account but";
  for (std::size_t i = 0; i < stand.barred.size(); ++i) {
    text.append(i == 0 ? " " : i + 1 == stand.barred.size() ? " and " : ", ");
    text.append("'").append(stand.barred[i]).append("'");
    if (i == 0) text.append(" (who proposed it)");
  }
  return text.append(" may approve");
}

}  // namespace

Result<void> check_actor(const Actor& actor) {
  const auto printable = [](char c) { return c >= 0x20 && c < 0x7f; };
  if (actor.who.size() > Authorship::kWhoBytesMax ||
      !std::all_of(actor.who.begin(), actor.who.end(), printable) || account_key(actor.who).empty()) {
    return fail(Code::kInvalidInput, "an account is 1 to " + std::to_string(Authorship::kWhoBytesMax) +
                                         " printable ASCII characters, not only spaces");
  }
  if (actor.why.empty() || actor.why.size() > Authorship::kWhyBytesMax) {
    return fail(Code::kInvalidInput,
                "say why: 1 to " + std::to_string(Authorship::kWhyBytesMax) + " bytes of text");
  }
  return {};
}

std::string account_key(std::string_view who) {
  std::string key;
  for (const char c : who) {
    if (c == ' ' || (c >= '\t' && c <= '\r')) continue;
    key.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return key;
}

std::uint64_t delta_of(const ReleaseCounts& counts) {
  return counts.added + counts.updated + counts.withdrawn;
}

std::uint64_t small_delta_max(std::uint64_t bank_entries) {
  return std::max(bank_entries / kSmallDeltaDivisor, kSmallDelta);
}

int approvals_needed(bool two_person, std::uint64_t delta, std::uint64_t bank_entries) {
  return (two_person ? 1 : 0) + (delta > small_delta_max(bank_entries) ? 1 : 0);
}

ApprovalStand approval_stand(const Authorship& proposed, std::span<const Authorship> approvals, int needed) {
  ApprovalStand stand{needed, 0, {proposed.who}};
  std::vector<std::string> counted = {account_key(proposed.who)};
  for (const Authorship& approval : approvals) {
    const std::string key = account_key(approval.who);
    if (std::find(counted.begin(), counted.end(), key) != counted.end()) continue;
    counted.push_back(key);
    stand.barred.push_back(approval.who);
    ++stand.given;
  }
  return stand;
}

ListResult<void> check_may_approve(const ApprovalStand& stand, std::string_view who) {
  const std::string key = account_key(who);
  for (std::size_t i = 0; i < stand.barred.size(); ++i) {
    if (account_key(stand.barred[i]) != key) continue;
    return breaks(ListRule::kMayNotApprove, (i == 0 ? "whoever proposed a change may not approve it: "
                                                    : "this account has approved it already: ") +
                                                who_may(stand));
  }
  return {};
}

ListResult<void> check_approved(const ApprovalStand& stand) {
  if (stand.missing() == 0) return {};
  return breaks(ListRule::kApprovalMissing, "needs " + std::to_string(stand.missing()) + " more approval" +
                                                (stand.missing() == 1 ? "" : "s") + ": " + who_may(stand));
}

}  // namespace seawall
