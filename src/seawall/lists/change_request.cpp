#include "seawall/lists/change_request.h"

#include <charconv>
#include <concepts>
#include <limits>
#include <vector>

namespace seawall {
namespace {

constexpr std::size_t kWordsMax = 16;
constexpr std::string_view kNone = "-";

std::string text_of(const std::optional<Time>& time) {
  return time ? std::to_string(time->time_since_epoch().count()) : std::string(kNone);
}

std::string text_of(const WantedBank& w) {
  return "bank " + std::to_string(static_cast<std::uint32_t>(w.bank)) + " version " +
         std::to_string(w.version) + " action " + std::string(name_of(w.action)) + " radius " +
         std::to_string(w.radius_bits) + " two_person " + (w.two_person ? "1" : "0") + " active " +
         (w.active ? "1" : "0") + " expires " + text_of(w.expires_at);
}

std::string text_of(const WantedEntry& w) {
  return "entry " + std::to_string(static_cast<std::uint64_t>(w.entry)) + " version " +
         std::to_string(w.version) + " end_quarantine " + (w.end_quarantine ? "1" : "0") + " radius " +
         (w.radius_bits ? std::to_string(*w.radius_bits) : std::string(kNone)) + " action " +
         std::string(w.action ? name_of(*w.action) : kNone) + " expires " + text_of(w.expires_at);
}

std::string text_of(const WantedTakeBack& w) {
  return "take_back " + std::to_string(static_cast<std::uint32_t>(w.release)) + " version " +
         std::to_string(w.version);
}

/// Words "name value name value ..." taken one pair at a time; bad() once anything is not as asked for.
class Words {
 public:
  explicit Words(std::string_view text) {
    while (!text.empty() && words_.size() <= kWordsMax) {
      const std::size_t end = std::min(text.find(' '), text.size());
      words_.push_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  std::string_view word(std::string_view name) {
    if (at_ + 2 > words_.size() || words_[at_] != name) {
      bad_ = true;
      return {};
    }
    at_ += 2;
    return words_[at_ - 1];
  }

  template <std::integral Number>
  Number number(std::string_view name) {
    return number_in<Number>(word(name));
  }

  template <std::integral Number>
  std::optional<Number> maybe_number(std::string_view name) {
    const std::string_view text = word(name);
    if (text == kNone) return std::nullopt;
    return number_in<Number>(text);
  }

  std::optional<Time> maybe_time(std::string_view name) {
    const auto ms = maybe_number<std::int64_t>(name);
    if (!ms) return std::nullopt;
    return Time{std::chrono::milliseconds(*ms)};
  }

  std::optional<BankAction> maybe_action(std::string_view name) {
    const std::string_view text = word(name);
    if (text == kNone) return std::nullopt;
    const auto action = bank_action_from_text(text);
    if (!action) bad_ = true;
    return action ? *action : BankAction::kBlock;
  }

  [[nodiscard]] std::string_view first() const { return words_.empty() ? std::string_view() : words_[0]; }
  [[nodiscard]] bool bad() const { return bad_ || at_ != words_.size(); }

 private:
  template <std::integral Number>
  Number number_in(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) bad_ = true;
    return value;
  }

  std::vector<std::string_view> words_;
  std::size_t at_ = 0;
  bool bad_ = false;
};

WantedBank read_bank(Words& words) {
  WantedBank w;
  w.bank = BankId{words.number<std::uint32_t>("bank")};
  w.version = words.number<std::uint64_t>("version");
  w.action = words.maybe_action("action").value_or(BankAction::kBlock);
  w.radius_bits = words.number<int>("radius");
  w.two_person = words.number<int>("two_person") != 0;
  w.active = words.number<int>("active") != 0;
  w.expires_at = words.maybe_time("expires");
  return w;
}

WantedEntry read_entry(Words& words) {
  WantedEntry w;
  w.entry = EntryId{words.number<std::uint64_t>("entry")};
  w.version = words.number<std::uint64_t>("version");
  w.end_quarantine = words.number<int>("end_quarantine") != 0;
  w.radius_bits = words.maybe_number<int>("radius");
  w.action = words.maybe_action("action");
  w.expires_at = words.maybe_time("expires");
  return w;
}

WantedTakeBack read_take_back(Words& words) {
  WantedTakeBack w;
  w.release = ReleaseId{words.number<std::uint32_t>("take_back")};
  w.version = words.number<std::uint64_t>("version");
  return w;
}

}  // namespace

std::string to_text(const WantedChange& change) {
  return std::visit([](const auto& wanted) { return text_of(wanted); }, change);
}

Result<WantedChange> wanted_change_from_text(std::string_view text) {
  Words words(text);
  WantedChange change;
  if (words.first() == "bank") {
    change = read_bank(words);
  } else if (words.first() == "entry") {
    change = read_entry(words);
  } else {
    change = read_take_back(words);
  }
  // One spelling for each change: what reads must be what is written.
  if (words.bad() || to_text(change) != text) {
    return fail(Code::kCorrupt, "the request is not one that this program wrote; drop it and ask anew");
  }
  return change;
}

}  // namespace seawall
