#include "seawall/api/list_asks.h"

#include <algorithm>
#include <charconv>

#include "seawall/base/hex.h"

namespace seawall {
namespace {

using Kind = JsonMember::Kind;

constexpr std::size_t kPurposeBytesMax = 1024;
constexpr std::size_t kOwnerBytesMax = 200;
constexpr std::size_t kMediaTypeBytesMax = 100;
constexpr std::int64_t kSizeMax = std::numeric_limits<std::int64_t>::max();

JsonValueReader why_into(std::string& why) { return text_into(why, 1, Authorship::kWhyBytesMax, true); }
JsonValueReader purpose_into(std::string& text) { return text_into(text, 1, kPurposeBytesMax, true); }
JsonValueReader owner_into(std::string& text) { return text_into(text, 1, kOwnerBytesMax); }
JsonValueReader radius_into(std::int64_t& bits) { return number_into(bits, 0, 256); }
JsonValueReader action_into(BankAction& action) {
  return word_into(action, &bank_action_from_text, "block or review or allow");
}

JsonValueReader bank_name_into(std::string& name) {
  return [&name](JsonObjectReader& reader, const JsonMember& member) -> JsonRead<void> {
    if (auto read = text_into(name, 1, ListBank::kNameBytesMax)(reader, member); !read) return read;
    if (name.find('/') != std::string::npos || name.front() == '#' || name.front() == ' ' ||
        name.back() == ' ') {
      return wrong_value("it holds no '/', does not begin with '#', and has no blank at either end");
    }
    return {};
  };
}

Result<BankKind> bank_kind_from_text(std::string_view text) {
  if (text == "listed") return BankKind::kListed;
  if (text == "harmless") return BankKind::kHarmless;
  return fail(Code::kInvalidInput, "listed or harmless is needed");
}

Result<bool> verdict_from_text(std::string_view text) {
  if (text == "confirmed") return true;
  if (text == "false-match") return false;
  return fail(Code::kInvalidInput, "confirmed or false-match is needed");
}

Result<std::string> signal_from_text(std::string_view text) {
  if (text == "pdq" || text == "md5" || text == "sha1" || text == "sha256") return std::string(text);
  return fail(Code::kInvalidInput, "pdq or md5 or sha1 or sha256 is needed");
}

template <class Digest>
JsonValueReader digest_into(std::optional<Digest>& into) {
  return [&into](JsonObjectReader&, const JsonMember& member) -> JsonRead<void> {
    Digest digest;
    if (member.kind != Kind::kString || !from_hex(member.text, digest)) {
      return wrong_value(std::to_string(2 * digest.size()) + " hex digits are needed");
    }
    into = digest;
    return {};
  };
}

JsonValueReader pdq_into(std::vector<ListedPdq>& into) {
  const JsonValueReader one = [&into](JsonObjectReader&, const JsonMember& member) -> JsonRead<void> {
    const auto bits = member.kind == Kind::kString ? fingerprint_from_text(member.text)
                                                   : Result<Fingerprint256>(fail(Code::kInvalidInput, ""));
    if (!bits) return wrong_value("64 hex digits are needed");
    into.push_back({*bits, ListedPdq::kQualityUnknown});
    return {};
  };
  return [one](JsonObjectReader& reader, const JsonMember& member) {
    if (member.kind != Kind::kArray) return one(reader, member);
    return array_of(1, EntryContent::kPdqMax, one)(reader, member);
  };
}

/// Of unknown quality: null, where there are several.
JsonValueReader qualities_into(std::vector<int>& into) {
  const JsonValueReader one = [&into](JsonObjectReader& reader, const JsonMember& member) -> JsonRead<void> {
    std::int64_t quality = 0;
    if (auto read = number_into(quality, 0, 100)(reader, member); !read) return read;
    into.push_back(static_cast<int>(quality));
    return {};
  };
  const JsonValueReader or_null = [one, &into](JsonObjectReader& reader,
                                               const JsonMember& member) -> JsonRead<void> {
    if (member.kind != Kind::kNull) return one(reader, member);
    into.push_back(ListedPdq::kQualityUnknown);
    return {};
  };
  return [one, or_null](JsonObjectReader& reader, const JsonMember& member) {
    if (member.kind != Kind::kArray) return one(reader, member);
    return array_of(1, EntryContent::kPdqMax, or_null)(reader, member);
  };
}

JsonValueReader signals_into(EntrySignals& into) {
  return [&into](JsonObjectReader& reader, const JsonMember& member) -> JsonRead<void> {
    std::vector<int> qualities;
    JsonFields fields;
    fields.optional("pdq", pdq_into(into.pdq))
        .optional("quality", qualities_into(qualities))
        .optional("md5", digest_into(into.md5))
        .optional("sha1", digest_into(into.sha1))
        .optional("sha256", digest_into(into.sha256));
    if (auto read = fields.read_member(reader, member); !read) return read;
    if (into.empty()) return wrong_value("pdq, md5, sha1 or sha256 is needed");
    if (qualities.empty()) return {};
    if (qualities.size() != into.pdq.size()) return wrong_value("one for each hash is needed", "/quality");
    for (std::size_t i = 0; i < qualities.size(); ++i) into.pdq[i].quality = qualities[i];
    return {};
  };
}

JsonValueReader classification_into(std::optional<Classification>& into) {
  return [&into](JsonObjectReader& reader, const JsonMember& member) -> JsonRead<void> {
    Classification read_here;
    JsonFields fields;
    fields
        .required("scheme", word_into(read_here.scheme, &classification_scheme_from_text,
                                      "ncmec or uk or interpol or iccam or gifct or other"))
        .required("value", text_into(read_here.value, 1, Classification::kValueBytesMax));
    if (auto read = fields.read_member(reader, member); !read) return read;
    if (const auto checked = check_classification(read_here); !checked) {
      return wrong_value(checked.error().message, "/value");
    }
    into = std::move(read_here);
    return {};
  };
}

JsonValueReader tags_into(std::vector<std::string>& into) {
  return [&into](JsonObjectReader& reader, const JsonMember& member) {
    const JsonValueReader one = [&into](JsonObjectReader& inner, const JsonMember& tag) {
      return text_into(into.emplace_back(), 1, EntryContent::kTextBytesMax)(inner, tag);
    };
    return array_of(0, EntryContent::kTagsMax, one)(reader, member);
  };
}

JsonValueReader entry_into(EntryId& into) {
  return [&into](JsonObjectReader&, const JsonMember& member) -> JsonRead<void> {
    const auto id = member.kind == Kind::kString ? entry_from_name(member.text) : std::nullopt;
    if (!id) return wrong_value("an entry's name such as 12.345 is needed");
    into = *id;
    return {};
  };
}

/// "12.345@post-17", or the entry alone.
JsonValueReader match_into(Decision& into) {
  return [&into](JsonObjectReader& reader, const JsonMember& member) -> JsonRead<void> {
    std::string text;
    if (auto read = text_into(text, 1, MatchDecision::kMatchBytesMax)(reader, member); !read) return read;
    const std::size_t at = text.find('@');
    const auto entry = entry_from_name(std::string_view(text).substr(0, at));
    if (!entry || at == text.size() - 1) {
      return wrong_value("a match's name such as 12.345@post-17, or an entry's, is needed");
    }
    into.entry = *entry;
    if (at != std::string::npos) into.match = text.substr(at + 1);
    return {};
  };
}

JsonRead<void> read_whole(JsonFields& fields, std::string_view body) {
  JsonObjectReader reader;
  return fields.read(reader, body);
}

template <class Number>
std::optional<Number> plain_number(std::string_view text, Number most) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool zeros = text.size() > 1 && text.front() == '0';
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || zeros || number > most) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

std::string entry_key_of(const EntrySignals& signals) {
  if (signals.sha256) return "sha256:" + to_hex(*signals.sha256);
  if (signals.sha1) return "sha1:" + to_hex(*signals.sha1);
  if (signals.md5) return "md5:" + to_hex(*signals.md5);
  return "pdq:" + to_text(signals.pdq.front().bits);
}

JsonRead<std::string> why_from_json(std::string_view body) {
  std::string why;
  JsonFields fields;
  fields.required("why", why_into(why));
  if (auto read = read_whole(fields, body); !read) return tl::unexpected(std::move(read).error());
  return why;
}

JsonRead<NewBankAsk> new_bank_from_json(std::string_view body) {
  NewBankAsk ask;
  ListBank& bank = ask.bank;
  std::int64_t radius_bits = bank.radius_bits;
  JsonFields fields;
  fields.required("bank", bank_name_into(bank.name))
      .optional("kind", word_into(bank.kind, &bank_kind_from_text, "listed or harmless"))
      .required("purpose", purpose_into(bank.purpose))
      .required("owner", owner_into(bank.owner))
      .optional("action", action_into(bank.action))
      .optional("radius", radius_into(radius_bits))
      .optional("two_person", flag_into(bank.two_person))
      .optional("expires", maybe_into(bank.expires_at, time_into))
      .required("why", why_into(ask.why));
  if (auto read = read_whole(fields, body); !read) return tl::unexpected(std::move(read).error());
  bank.radius_bits = static_cast<int>(radius_bits);
  if (bank.kind == BankKind::kHarmless && !bank.two_person) {
    return wrong_value("a harmless bank overrules others, so it always needs two persons", "/two_person");
  }
  return ask;
}

void BankChangesAsk::apply(ListBank& bank) const {
  if (name) bank.name = *name;
  if (purpose) bank.purpose = *purpose;
  if (owner) bank.owner = *owner;
  if (action) bank.action = *action;
  if (radius_bits) bank.radius_bits = static_cast<int>(*radius_bits);
  if (two_person) bank.two_person = *two_person;
  if (active) bank.active = *active;
  if (expires_at) bank.expires_at = *expires_at;
}

JsonRead<BankChangesAsk> bank_changes_from_json(std::string_view body) {
  BankChangesAsk ask;
  std::int64_t version = 0;
  JsonFields fields;
  fields.required("version", number_into(version, 1, kSizeMax))
      .optional("bank", maybe_into(ask.name, bank_name_into))
      .optional("purpose", maybe_into(ask.purpose, purpose_into))
      .optional("owner", maybe_into(ask.owner, owner_into))
      .optional("action", maybe_into(ask.action, action_into))
      .optional("radius", maybe_into(ask.radius_bits, radius_into))
      .optional("two_person", maybe_into(ask.two_person, flag_into))
      .optional("active", maybe_into(ask.active, flag_into))
      .optional("expires", maybe_null_into(ask.expires_at, time_into))
      .required("why", why_into(ask.why));
  if (auto read = read_whole(fields, body); !read) return tl::unexpected(std::move(read).error());
  if (fields.seen() < 3) return wrong_value("say what shall change");
  ask.version = static_cast<std::uint64_t>(version);
  return ask;
}

JsonRead<EntryChangesAsk> entry_changes_from_json(std::string_view body) {
  EntryChangesAsk ask;
  EntryChanges& changes = ask.changes;
  std::optional<std::optional<std::int64_t>> radius_bits;
  JsonFields fields;
  fields.optional("radius", maybe_null_into(radius_bits, radius_into))
      .optional("action", maybe_null_into(changes.action, action_into))
      .optional("expires", maybe_null_into(changes.expires_at, time_into))
      .optional("review", maybe_null_into(changes.review_at, time_into))
      .optional("tags", maybe_into(changes.tags, tags_into))
      .required("why", why_into(ask.why));
  if (auto read = read_whole(fields, body); !read) return tl::unexpected(std::move(read).error());
  if (fields.seen() < 2) return wrong_value("say what shall change");
  if (radius_bits) {
    changes.radius_bits.emplace();
    if (*radius_bits) changes.radius_bits->emplace(static_cast<int>(**radius_bits));
  }
  return ask;
}

JsonRead<NewEntryAsk> new_entry_from_json(std::string_view body) {
  NewEntryAsk ask;
  EntryContent& content = ask.content;
  std::int64_t size_bytes = 0;
  JsonFields fields;
  fields.optional("key", text_into(ask.key, 1, Entry::kKeyBytesMax))
      .required("signals", signals_into(content.signals))
      .optional("classification", classification_into(content.classification))
      .optional("series", text_into(content.series, 0, EntryContent::kTextBytesMax))
      .optional("tags", tags_into(content.tags))
      .optional("media_type", text_into(content.media_type, 0, kMediaTypeBytesMax))
      .optional("size_bytes", number_into(size_bytes, 0, kSizeMax))
      .required("why", why_into(ask.why));
  if (auto read = read_whole(fields, body); !read) return tl::unexpected(std::move(read).error());
  content.size_bytes = static_cast<std::uint64_t>(size_bytes);
  std::ranges::sort(content.tags);
  const auto again = std::ranges::unique(content.tags);
  content.tags.erase(again.begin(), again.end());
  if (ask.key.empty()) ask.key = entry_key_of(content.signals);
  return ask;
}

JsonRead<WithdrawalAsk> withdrawal_from_json(std::string_view body) {
  WithdrawalAsk ask;
  const JsonValueReader one = [&ask](JsonObjectReader& reader, const JsonMember& member) {
    return entry_into(ask.entries.emplace_back())(reader, member);
  };
  JsonFields fields;
  fields.required("entries", array_of(1, WithdrawalAsk::kEntriesMax, one)).required("why", why_into(ask.why));
  if (auto read = read_whole(fields, body); !read) return tl::unexpected(std::move(read).error());
  std::ranges::sort(ask.entries);
  if (std::ranges::adjacent_find(ask.entries) != ask.entries.end()) {
    return wrong_value("each entry may stand there once", "/entries");
  }
  return ask;
}

JsonRead<FindingAsk> finding_from_json(std::string_view body) {
  FindingAsk ask;
  Decision& decision = ask.decision;
  JsonFields fields;
  fields.required("match", match_into(decision))
      .required("verdict", word_into(decision.confirmed, &verdict_from_text, "confirmed or false-match"))
      .optional("signal", word_into(decision.signal, &signal_from_text, "pdq or md5 or sha1 or sha256"))
      .optional("reason", text_into(decision.reason, 1, MatchDecision::kReasonBytesMax))
      .optional("send_back", flag_into(decision.send_back))
      .required("why", why_into(ask.why));
  if (auto read = read_whole(fields, body); !read) return tl::unexpected(std::move(read).error());
  return ask;
}

std::optional<EntryId> entry_from_name(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto release = release_from_name(text.substr(0, dot));
  const auto place =
      plain_number<std::uint32_t>(text.substr(dot + 1), std::numeric_limits<std::uint32_t>::max());
  if (!release || !place) return std::nullopt;
  return entry_id(*release, *place);
}

std::optional<ReleaseId> release_from_name(std::string_view text) {
  const auto number = plain_number<std::uint32_t>(text, kReleaseIdMax);
  if (!number || *number == 0) return std::nullopt;
  return ReleaseId{*number};
}

std::optional<RequestId> request_from_name(std::string_view text) {
  const auto number = plain_number<std::uint64_t>(text, std::numeric_limits<std::int64_t>::max());
  if (!number || *number == 0) return std::nullopt;
  return RequestId{*number};
}

}  // namespace seawall
