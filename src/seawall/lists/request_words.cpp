#include "seawall/lists/request_words.h"

#include <chrono>

#include "seawall/model/time_text.h"

namespace seawall {
namespace {

using Change = RequestWords::Change;

std::string yes_no(bool value) { return value ? "yes" : "no"; }
std::string radius_text(const std::optional<int>& radius) {
  return radius ? std::to_string(*radius) : "the bank's";
}
std::string action_text(const std::optional<BankAction>& action) {
  return action ? std::string(name_of(*action)) : "the bank's";
}
std::string expiry_text(const std::optional<Time>& time) {
  return time ? to_text(Time(std::chrono::floor<std::chrono::seconds>(*time))) : "never";
}
/// "TENANT/NAME"; "bank NUMBER" of one that is not there.
Result<std::string> bank_name(StoreView& view, BankId id) {
  SEAWALL_TRY(const auto bank, view.bank(id));
  return bank ? bank->tenant + "/" + bank->name : "bank " + std::to_string(static_cast<std::uint32_t>(id));
}

/// What is wanted, beside what there is.
class Words {
 public:
  Words(StoreView& view, bool open) : view_(view), open_(open) {}

  Result<RequestWords> operator()(const WantedBank& wanted) {
    SEAWALL_TRY(const auto bank, view_.bank(wanted.bank));
    SEAWALL_TRY(const std::string name, bank_name(view_, wanted.bank));
    start("bank " + name, bank ? bank->version : 0, wanted.version);
    const ListBank now = bank.value_or(ListBank{});
    add("action", std::string(name_of(now.action)), std::string(name_of(wanted.action)));
    add("radius", std::to_string(now.radius_bits), std::to_string(wanted.radius_bits));
    add("two-person", yes_no(now.two_person), yes_no(wanted.two_person));
    add("active", yes_no(now.active), yes_no(wanted.active));
    add("expires", expiry_text(now.expires_at), expiry_text(wanted.expires_at));
    return std::move(words_);
  }

  Result<RequestWords> operator()(const WantedEntry& wanted) {
    SEAWALL_TRY(auto found, view_.entries(std::span(&wanted.entry, 1)));
    const Entry now = found.empty() ? Entry{} : std::move(found.front());
    std::string about = "entry " + to_text(wanted.entry);
    if (!found.empty()) {
      SEAWALL_TRY(const std::string bank, bank_name(view_, now.bank));
      about += " (" + now.key + ") of bank " + bank;
    }
    start(std::move(about), now.version, wanted.version);
    if (wanted.end_quarantine) words_.changes.push_back({"quarantine", now.state_reason, "ended"});
    add("radius", radius_text(now.radius_bits), radius_text(wanted.radius_bits));
    add("action", action_text(now.action), action_text(wanted.action));
    add("expires", expiry_text(now.expires_at), expiry_text(wanted.expires_at));
    return std::move(words_);
  }

  Result<RequestWords> operator()(const WantedTakeBack& wanted) {
    SEAWALL_TRY(const auto release, view_.release(wanted.release));
    std::string about = "release " + std::to_string(static_cast<std::uint32_t>(wanted.release));
    if (release) {
      SEAWALL_TRY(const std::string bank, bank_name(view_, release->bank));
      about += " of bank " + bank;
    }
    start(std::move(about), release ? release->version : 0, wanted.version);
    const std::string added = release ? std::to_string(release->counts.added) : "all";
    words_.changes.push_back({"release", release ? std::string(name_of(release->state)) : "",
                              "taken back: " + added + " entries withdrawn, its updates stay"});
    return std::move(words_);
  }

 private:
  void start(std::string about, std::uint64_t now, std::uint64_t wanted) {
    words_.about = std::move(about);
    words_.stale = open_ && now != wanted;
  }
  void add(std::string_view what, std::string from, std::string to) {
    if (open_ && from == to) return;
    words_.changes.push_back({std::string(what), open_ ? std::move(from) : std::string(), std::move(to)});
  }

  StoreView& view_;
  bool open_;
  RequestWords words_;
};

}  // namespace

Result<RequestWords> words_of(StoreView& view, const ChangeRequest& request) {
  SEAWALL_TRY(const WantedChange wanted, wanted_change_from_text(request.body));
  return std::visit(Words(view, request.state == RequestState::kOpen), wanted);
}

std::string to_text(const RequestWords& words) {
  std::string text = words.about + ":";
  for (std::size_t i = 0; i < words.changes.size(); ++i) {
    const Change& change = words.changes[i];
    text += (i == 0 ? " " : ", ") + change.what + " ";
    if (!change.from.empty()) text += change.from + " -> ";
    text += change.to;
  }
  if (words.changes.empty()) text += " as it is";
  if (words.stale) text += " [stale: changed since; drop it and ask again]";
  return text;
}

}  // namespace seawall
