#include "seawall/api/match_ask.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "seawall/api/json_fields.h"
#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/json/text.h"
#include "seawall/video_print/tmk.h"

namespace seawall {
namespace {

using Kind = JsonMember::Kind;

tl::unexpected<Error> wrong(std::string_view name, std::string_view should) {
  return fail(Code::kInvalidInput, std::string(name) + " must be " + std::string(should));
}

Result<std::string> text_of(const JsonMember& member, std::size_t bytes_max) {
  if (member.kind != Kind::kString || member.text.empty() || member.text.size() > bytes_max) {
    return wrong(member.key, "text of 1 to " + std::to_string(bytes_max) + " bytes");
  }
  return std::string(member.text);
}

Result<bool> flag_of(const JsonMember& member) {
  if (member.kind != Kind::kBool) return wrong(member.key, "true or false");
  return member.text == "true";
}

std::optional<int> whole_number(const JsonMember& member, int most) {
  int value = -1;
  const char* const end = member.text.data() + member.text.size();
  const auto read = std::from_chars(member.text.data(), end, value);
  if (member.kind != Kind::kNumber || read.ec != std::errc() || read.ptr != end) return std::nullopt;
  if (value < 0 || value > most) return std::nullopt;
  return value;
}

template <class Value>
struct Word {
  std::string_view word;
  Value value;
};

template <class Value, std::size_t kWords>
Result<Value> word_of(const JsonMember& member, const std::array<Word<Value>, kWords>& words) {
  std::string known;
  for (const Word<Value>& one : words) {
    if (member.kind == Kind::kString && member.text == one.word) return one.value;
    known += (known.empty() ? "" : " or ") + std::string(one.word);
  }
  return wrong(member.key, known);
}

template <class Digest>
Result<void> read_digest(const JsonMember& member, std::optional<Digest>& out) {
  Digest digest;
  if (member.kind != Kind::kString || !from_hex(member.text, digest)) {
    return wrong(member.key, std::to_string(2 * digest.size()) + " hex digits");
  }
  out = digest;
  return {};
}

/// Reads one request. Each object says which of its members it has seen, so that none comes twice.
class AskReader {
 public:
  explicit AskReader(JsonObjectReader& reader) : reader_(reader) {}

  Result<MatchAsk> read(std::string_view body) {
    Item only;
    SEAWALL_CHECK(reader_.read(body, [&](const JsonMember& member) -> Result<void> {
      SEAWALL_TRY(const bool of_item, read_item_member(member, only));
      return of_item ? Result<void>{} : read_option(member);
    }));
    if (ask_.batch) {
      if (only.any)
        return fail(Code::kInvalidInput, "a batch has its ids, places, signals and urls in its items");
    } else {
      SEAWALL_CHECK(finish_item(only));
    }
    SEAWALL_CHECK(check_whole());
    return std::move(ask_);
  }

 private:
  struct Item {
    MatchAsk::Item item;
    bool any = false;
    bool has_signals = false;
    std::uint32_t seen = 0;
  };

  static Result<void> once(std::uint32_t& seen, unsigned bit, std::string_view name) {
    if ((seen & (1U << bit)) != 0)
      return fail(Code::kInvalidInput, std::string(name) + " stands there twice");
    seen |= 1U << bit;
    return {};
  }

  /// False: no member of an item.
  Result<bool> read_item_member(const JsonMember& member, Item& into) {
    static constexpr std::array<std::string_view, 4> kNames{"id", "place", "signals", "url"};
    const auto at = std::ranges::find(kNames, member.key);
    if (at == kNames.end()) return false;
    const auto which = static_cast<unsigned>(at - kNames.begin());
    SEAWALL_CHECK(once(into.seen, which, member.key));
    into.any = true;
    MatchAsk::Item& item = into.item;
    if (which == 0) {
      SEAWALL_TRY(item.asked.id, text_of(member, AskedItem::kIdBytesMax));
    } else if (which == 1) {
      SEAWALL_TRY(item.asked.place, text_of(member, AskedItem::kIdBytesMax));
    } else if (which == 2) {
      SEAWALL_CHECK(read_signals(member, item.asked.signals));
      into.has_signals = true;
    } else {
      SEAWALL_TRY(item.url, text_of(member, MatchAsk::kUrlBytesMax));
    }
    return true;
  }

  Result<void> finish_item(Item& read) {
    if (read.has_signals == !read.item.url.empty()) {
      return fail(Code::kInvalidInput, "name either signals or a url");
    }
    if (!read.item.url.empty()) ++urls_;
    if (urls_ > MatchAsk::kUrlsMax) {
      return fail(Code::kLimitExceeded,
                  "at most " + std::to_string(MatchAsk::kUrlsMax) + " items of a batch may be urls");
    }
    ask_.items.push_back(std::move(read.item));
    return {};
  }

  Result<void> read_items(const JsonMember& member) {
    if (member.kind != Kind::kArray) return wrong("items", "an array");
    ask_.batch = true;
    SEAWALL_CHECK(reader_.elements([&](const JsonMember& element) -> Result<void> {
      if (ask_.items.size() == MatchAsk::kItemsMax) {
        return fail(Code::kLimitExceeded,
                    "a batch has at most " + std::to_string(MatchAsk::kItemsMax) + " items");
      }
      if (element.kind != Kind::kObject) return wrong("each item", "an object");
      Item item;
      auto done = reader_.members([&](const JsonMember& one) -> Result<void> {
        SEAWALL_TRY(const bool known, read_item_member(one, item));
        return known ? Result<void>{} : unknown(one.key);
      });
      if (done) done = finish_item(item);
      if (done) return {};
      return tl::unexpected(std::move(done).error().within("item " + std::to_string(ask_.items.size() + 1)));
    }));
    if (ask_.items.empty()) return wrong("items", "an array of 1 item or more");
    return {};
  }

  Result<void> read_pdq(const JsonMember& member, AskedSignals& signals) {
    const auto add = [&](const JsonMember& one) -> Result<void> {
      if (signals.pdq.size() == AskedSignals::kPdqMax) return wrong("pdq", "at most 256 hashes");
      if (hashes_ == AskedSignals::kPdqOfBatchMax) {
        return fail(Code::kLimitExceeded,
                    "a batch has at most " + std::to_string(AskedSignals::kPdqOfBatchMax) + " hashes in all");
      }
      if (one.kind != Kind::kString) return wrong("pdq", "64 hex digits, or an array of such");
      SEAWALL_TRY(const Fingerprint256 bits, fingerprint_from_text(one.text));
      // Of unknown quality until it is said: good enough, as everywhere.
      signals.pdq.push_back({bits, kPdqQualityMin});
      ++hashes_;
      return {};
    };
    if (member.kind != Kind::kArray) return add(member);
    SEAWALL_CHECK(reader_.elements(add));
    if (signals.pdq.empty()) return wrong("pdq", "at least one hash");
    return {};
  }

  Result<void> read_qualities(const JsonMember& member, std::vector<int>& qualities) {
    const auto add = [&](const JsonMember& one) -> Result<void> {
      const auto value = one.kind == Kind::kNull ? std::optional(kPdqQualityMin) : whole_number(one, 100);
      if (!value) return wrong("quality", "a whole number from 0 to 100, or null in an array of them");
      if (qualities.size() == AskedSignals::kPdqMax) return wrong("quality", "one for each hash");
      qualities.push_back(*value);
      return {};
    };
    if (member.kind == Kind::kArray) return reader_.elements(add);
    if (member.kind == Kind::kNull) return wrong("quality", "a whole number from 0 to 100");
    return add(member);
  }

  struct Signals {
    AskedSignals& into;
    std::vector<int> qualities = {};
    std::uint32_t seen = 0;
  };
  Result<void> read_tmk_file(const JsonMember& member, AskedSignals& signals) {
    constexpr std::string_view kNeeded = "base64 of a .tmk file";
    if (member.kind != Kind::kString) return wrong("tmk", kNeeded);
    const auto bytes = from_base64(member.text);
    if (!bytes || bytes->size() > TmkPrint::kBytesMax) return wrong("tmk", kNeeded);
    auto print = read_tmk(std::as_bytes(std::span(*bytes)));
    if (!print) return wrong("tmk", kNeeded);
    signals.tmk = std::make_shared<const TmkPrint>(*std::move(print));
    return {};
  }
  Result<void> read_signal(const JsonMember& member, Signals& signals) {
    static constexpr std::array<std::string_view, 6> kNames{"pdq", "quality", "md5", "sha1", "sha256", "tmk"};
    const auto at = std::ranges::find(kNames, member.key);
    if (at == kNames.end()) return unknown(member.key);
    const auto which = static_cast<unsigned>(at - kNames.begin());
    SEAWALL_CHECK(once(signals.seen, which, member.key));
    if (which == 0) return read_pdq(member, signals.into);
    if (which == 1) return read_qualities(member, signals.qualities);
    if (which == 2) return read_digest(member, signals.into.md5);
    if (which == 3) return read_digest(member, signals.into.sha1);
    if (which == 4) return read_digest(member, signals.into.sha256);
    return read_tmk_file(member, signals.into);
  }
  Result<void> read_signals(const JsonMember& member, AskedSignals& into) {
    if (member.kind != Kind::kObject) return wrong("signals", "an object");
    Signals read{into};
    SEAWALL_CHECK(reader_.members([&](const JsonMember& one) { return read_signal(one, read); }));
    if (into.empty()) return wrong("signals", "an object with pdq, md5, sha1, sha256 or tmk");
    if ((read.seen & 2U) == 0) return {};
    if (read.qualities.size() != into.pdq.size()) return wrong("quality", "one for each hash");
    for (std::size_t i = 0; i < into.pdq.size(); ++i) into.pdq[i].quality = read.qualities[i];
    return {};
  }

  Result<void> read_banks(const JsonMember& member) {
    if (member.kind != Kind::kArray) return wrong("banks", "an array of names");
    SEAWALL_CHECK(reader_.elements([&](const JsonMember& one) -> Result<void> {
      SEAWALL_TRY(std::string name, text_of(one, ListBank::kNameBytesMax));
      if (ask_.banks.size() == MatchAsk::kBanksMax ||
          std::ranges::find(ask_.banks, name) != ask_.banks.end()) {
        return wrong("banks", "at most 64 names, each once");
      }
      ask_.banks.push_back(std::move(name));
      return {};
    }));
    if (ask_.banks.empty()) return wrong("banks", "at least one name");
    return {};
  }

  Result<void> read_option(const JsonMember& member) {
    static constexpr std::array<std::string_view, 9> kNames{
        "items", "banks", "radius", "profile", "on_error", "mode", "webhook", "include_silent", "timings"};
    static constexpr std::array<Word<VariantProfile>, 3> kProfiles{{{"none", VariantProfile::kNone},
                                                                    {"default", VariantProfile::kDefault},
                                                                    {"thorough", VariantProfile::kThorough}}};
    static constexpr std::array<Word<OnError>, 2> kOnError{
        {{"fail_closed", OnError::kFailClosed}, {"fail_open", OnError::kFailOpen}}};
    static constexpr std::array<Word<bool>, 2> kModes{{{"sync", false}, {"async", true}}};
    const auto at = std::ranges::find(kNames, member.key);
    if (at == kNames.end()) return unknown(member.key);
    const auto which = static_cast<unsigned>(at - kNames.begin());
    SEAWALL_CHECK(once(seen_, which, member.key));
    switch (which) {
      case 0:
        return read_items(member);
      case 1:
        return read_banks(member);
      case 2:
        ask_.options.radius_bits = whole_number(member, 256);
        if (!ask_.options.radius_bits) return wrong("radius", "a whole number from 0 to 256");
        return {};
      case 3: {
        SEAWALL_TRY(ask_.options.profile, word_of(member, kProfiles));
        return {};
      }
      case 4: {
        SEAWALL_TRY(ask_.options.on_error, word_of(member, kOnError));
        return {};
      }
      case 5: {
        SEAWALL_TRY(ask_.async, word_of(member, kModes));
        return {};
      }
      case 6: {
        SEAWALL_TRY(ask_.webhook, text_of(member, MatchAsk::kUrlBytesMax));
        return {};
      }
      case 7: {
        SEAWALL_TRY(ask_.include_silent, flag_of(member));
        return {};
      }
      default: {
        SEAWALL_TRY(ask_.timings, flag_of(member));
        return {};
      }
    }
  }

  Result<void> check_whole() {
    if (ask_.webhook.empty()) return {};
    if (!ask_.async) return fail(Code::kInvalidInput, "a webhook goes with \"mode\": \"async\"");
    if (!ask_.webhook.starts_with("https://")) return wrong("webhook", "an https:// address");
    return {};
  }

  static tl::unexpected<Error> unknown(std::string_view name) {
    // A name is the caller's own text: shown only as far as it can be one, and cannot be a hash.
    const std::string shown = may_be_member_name(name) ? " " + std::string(name) : "";
    return fail(Code::kInvalidInput, "there is no member" + shown + " here; see docs/openapi.yaml");
  }

  JsonObjectReader& reader_;
  MatchAsk ask_;
  std::size_t urls_ = 0;
  std::size_t hashes_ = 0;  // Of all items.
  std::uint32_t seen_ = 0;
};

}  // namespace

Result<MatchAsk> match_ask_from_json(JsonObjectReader& reader, std::string_view body) {
  return AskReader(reader).read(body);
}

}  // namespace seawall
