#include "seawall/service/hma_match_calls.h"

#include <algorithm>
#include <map>

#include "seawall/crypto/digest.h"
#include "seawall/jobs/idempotency.h"
#include "seawall/json/text.h"
#include "seawall/service/query.h"

namespace seawall {
namespace {

constexpr std::size_t kOddBodyBytesMax = std::size_t{64} << 10;  // Of what is refused in HMA's words.
constexpr std::size_t kMediaBytesMax = std::size_t{256} << 20;

void add_match(std::string& out, EntryId entry, const std::string& distance) {
  out += "{\"bank_content_id\":" + hma_id(entry) + ",\"distance\":\"" + distance + "\"}";
}

std::string distance_of(const LookupMatch& match, HmaType type) {
  if (type == HmaType::kVideoMd5) return "-";
  return std::to_string(match.match.distance_bits);
}

ServedOperation served_in(Lane lane) {
  ServedOperation served;
  served.lane = lane;
  return served;
}

}  // namespace

/// What /m/lookup or /m/raw_lookup is asked with.
struct HmaMatchCalls::Ask {
  bool raw = false;
  bool with_distance = true;
  bool bypass = false;
  std::optional<std::string> url;
  std::optional<std::string> content_type;
  std::optional<std::string> types;
  std::optional<std::string> signal;
  std::optional<std::string> signal_type;
  std::optional<std::vector<std::string>> banks;
};

/// What a look-up found. `none`: no bank that is there was meant.
struct HmaMatchCalls::Found {
  HmaType type{};
  LookupAnswer answer;
  bool none = false;
};

/// Which banks a caller means and may mean, and how they are asked.
struct HmaMatchCalls::Meant {
  LookupOptions options;
  bool none = false;  ///< No bank at all: options.banks cannot say so.
};

void HmaMatchCalls::serve(ServedOperations& operations) {
  auto url = served_in(Lane::kFetch);
  url.run = [this](Call& call) { return hash_url(call); };
  operations.serve(Operation::kHmaHashUrl, std::move(url));
  auto file = served_in(Lane::kMedia);
  file.json_bytes_max = kOddBodyBytesMax;
  file.media_bytes_max = kMediaBytesMax;
  auto file_lookup = file;
  file.run = [this](Call& call) { return hash_file(call); };
  operations.serve(Operation::kHmaHashFile, std::move(file));
  file_lookup.run = [this](Call& call) { return lookup_file(call); };
  operations.serve(Operation::kHmaLookupFile, std::move(file_lookup));
  auto lookup = served_in(Lane::kSignals);
  lookup.begin = [this](Call& call) { return begin_lookup(call); };
  lookup.run = [this](Call& call) { return run_lookup(call); };
  operations.serve(Operation::kHmaRawLookup, lookup);
  operations.serve(Operation::kHmaLookup, std::move(lookup));
  auto compare = served_in(Lane::kSignals);
  compare.json_bytes_max = kOddBodyBytesMax;
  compare.run = [](Call& call) { return hma_compare(call); };
  compare.begin = [](Call& call) -> std::variant<Lane, CallResult> { return hma_compare(call); };
  operations.serve(Operation::kHmaCompare, std::move(compare));
}

CallResult HmaMatchCalls::answer_hash(const HmaFile& file) {
  auto hash = parts_.media.hash(file);
  if (!hash) return tl::unexpected(std::move(hash).error());
  return json_answer(200, "{\"" + std::string(name_of(file.type)) + "\":\"" + *hash + "\"}");
}

CallResult HmaMatchCalls::hash_url(Call& call) {
  auto query = Query::of(call.head.target());
  if (!query) return tl::unexpected(std::move(query).error());
  std::array<std::optional<std::string>, 3> read;
  constexpr std::array<std::string_view, 3> kNames{"url", "content_type", "types"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    auto text = query->any_text(kNames[i]);
    if (!text) return tl::unexpected(std::move(text).error());
    read[i] = *std::move(text);
  }
  if (!read[0]) return hma_faults_answer({hma_missing("url")});
  auto file = parts_.media.fetched(*read[0], read[1], read[2]);
  if (!file) return tl::unexpected(std::move(file).error());
  return answer_hash(*file);
}

CallResult HmaMatchCalls::hash_file(Call& call) {
  auto query = Query::of(call.head.target());
  if (!query) return tl::unexpected(std::move(query).error());
  auto types = query->any_text("types");
  if (!types) return tl::unexpected(std::move(types).error());
  auto file = HmaMedia::sent(call, *types);
  if (!file) return tl::unexpected(std::move(file).error());
  return answer_hash(*file);
}

HmaRead<std::optional<HttpAnswer>> HmaMatchCalls::read_ask(Call& call, Ask& ask) {
  ask.raw = call.operation == Operation::kHmaRawLookup;
  auto query = Query::of(call.head.target());
  if (!query) return tl::unexpected(std::move(query).error());
  std::optional<std::string> banks;
  const std::array<std::pair<std::string_view, std::optional<std::string>*>, 6> texts{
      {{"signal", &ask.signal},
       {"signal_type", &ask.signal_type},
       {"url", &ask.url},
       {"content_type", &ask.content_type},
       {"types", &ask.types},
       {"banks", &banks}}};
  for (const auto& [name, out] : texts) {
    auto text = query->any_text(name);
    if (!text) return tl::unexpected(std::move(text).error());
    *out = *std::move(text);
  }
  if (banks && !banks->empty()) ask.banks = hma_names(*banks);
  std::vector<HmaFault> faults;
  if (ask.raw && !ask.signal) faults.push_back(hma_missing("signal"));
  if (ask.raw && !ask.signal_type) faults.push_back(hma_missing("signal_type"));
  auto flag = ask.raw ? hma_flag(*query, "include_distance", false, faults)
                      : hma_flag(*query, "bypass_coinflip", false, faults);
  if (!flag) return tl::unexpected(std::move(flag).error());
  (ask.raw ? ask.with_distance : ask.bypass) = *flag;
  if (!faults.empty()) return hma_faults_answer(faults);
  return std::nullopt;
}

std::variant<Lane, CallResult> HmaMatchCalls::begin_lookup(Call& call) {
  Ask ask;
  auto read = read_ask(call, ask);
  if (!read) return CallResult(tl::unexpected(std::move(read).error()));
  if (*read) return CallResult(**std::move(read));
  if (!ask.raw && ask.url && !ask.url->empty()) return Lane::kFetch;
  if (parts_.lookups_block || !parts_.names.known(parts_.lists.proof().number, {})) return Lane::kSignals;
  auto found = look_up_signal(call, ask);
  if (!found) return CallResult(tl::unexpected(std::move(found).error()));
  // The lists changed under this look-up: once more where reading their names may block.
  if (!knows_names(*found)) return Lane::kSignals;
  return answer_signal(ask, *found);
}

CallResult HmaMatchCalls::run_lookup(Call& call) {
  Ask ask;
  auto read = read_ask(call, ask);
  if (!read) return tl::unexpected(std::move(read).error());
  if (*read) return **std::move(read);
  if (ask.raw || !ask.url || ask.url->empty()) {
    auto found = look_up_signal(call, ask);
    if (!found) return tl::unexpected(std::move(found).error());
    if (const auto known = know_names(*found); !known) return tl::unexpected(CallProblem(known.error()));
    return answer_signal(ask, *found);
  }
  auto file = parts_.media.fetched(*ask.url, ask.content_type, ask.types);
  if (!file) return tl::unexpected(std::move(file).error());
  return answer_media(call, ask, *file);
}

CallResult HmaMatchCalls::lookup_file(Call& call) {
  auto query = Query::of(call.head.target());
  if (!query) return tl::unexpected(std::move(query).error());
  Ask ask;
  auto types = query->any_text("types");
  if (!types) return tl::unexpected(std::move(types).error());
  auto banks = query->any_text("banks");
  if (!banks) return tl::unexpected(std::move(banks).error());
  if (*banks && !(*banks)->empty()) ask.banks = hma_names(**banks);
  auto bypass = query->any_text("bypass_coinflip");
  if (!bypass) return tl::unexpected(std::move(bypass).error());
  ask.bypass = bypass->value_or("") == "true";
  auto file = HmaMedia::sent(call, *types);
  if (!file) return tl::unexpected(std::move(file).error());
  return answer_media(call, ask, *file);
}

HmaRead<HmaMatchCalls::Meant> HmaMatchCalls::meant(const Call& call, const Ask& ask) {
  if (const std::uint64_t version = parts_.lists.proof().number; !parts_.names.known(version, {})) {
    if (const auto read = parts_.names.read(version, {}); !read)
      return tl::unexpected(CallProblem(read.error()));
  }
  const Identity& who = call.who();
  Meant meant;
  meant.options.tenant = who.tenant;
  meant.options.caller = caller_of(who);
  meant.options.profile = VariantProfile::kNone;
  if (!ask.banks && who.banks.empty()) return meant;
  const auto may = [&](const std::string& name) {
    return who.banks.empty() || std::ranges::find(who.banks, name) != who.banks.end();
  };
  for (const std::string& name : ask.banks ? *ask.banks : who.banks) {
    const auto bank = may(name) ? parts_.names.bank(who.tenant, name) : std::nullopt;
    if (bank) meant.options.banks.push_back(*bank);
    // A bank of the key's own that was renamed must be no silent gap; one that a caller names may be (HMA).
    if (!bank && !ask.banks) {
      return refuse(ProblemKind::kNotFound, "a bank that this key is bound to is not there any more");
    }
  }
  meant.none = meant.options.banks.empty();
  return meant;
}

HmaRead<LookupAnswer> HmaMatchCalls::asked(const AskedItem& item, const LookupOptions& options) {
  auto answers = parts_.lookup.look_up(std::span(&item, 1), options);
  if (!answers) return tl::unexpected(hma_problem(answers.error()));
  count(answers->front());
  return std::move(answers->front());
}

HmaRead<LookupAnswer> HmaMatchCalls::asked(std::span<const std::byte> file, const LookupOptions& options) {
  auto answer = parts_.lookup.look_up(file, AskedItem{}, options);
  if (!answer) return tl::unexpected(hma_problem(answer.error()));
  count(*answer);
  return *std::move(answer);
}

void HmaMatchCalls::count(const LookupAnswer& answer) {
  parts_.metrics.looked_up(answer.verdict, answer.decided, answer.failed.has_value());
}

bool HmaMatchCalls::knows_names(const Found& found) const {
  return found.answer.matches.empty() || parts_.names.known(found.answer.list_version.number, {});
}

Result<void> HmaMatchCalls::know_names(const Found& found) {
  if (knows_names(found)) return {};
  return parts_.names.read(found.answer.list_version.number, {});
}

namespace {

bool is_shown(const LookupMatch& match, bool raw, bool bypass) {
  if (match.match.harmless || match.match.action == BankAction::kAllow) return false;
  switch (match.match.standing) {
    case Standing::kEnforced:
      return true;
    case Standing::kBankOff:
      return raw || bypass;
    case Standing::kQuarantined:
      return raw;
    default:
      return false;
  }
}

}  // namespace

std::string HmaMatchCalls::by_bank(const Ask& ask, const Found& found) const {
  std::map<std::string, std::string> banks;
  for (const LookupMatch& match : found.answer.matches) {
    if (found.none || !is_shown(match, false, ask.bypass)) continue;
    std::string& rows = banks[parts_.names.bank_name(match.match.bank)];
    if (!rows.empty()) rows += ',';
    add_match(rows, match.match.entry, distance_of(match, found.type));
  }
  std::string out = "{";
  for (const auto& [name, rows] : banks) {
    if (out.size() > 1) out += ',';
    append_json_string(out, name);
    out += ":[" + rows + ']';
  }
  return out + '}';
}

HmaRead<HmaMatchCalls::Found> HmaMatchCalls::look_up_signal(Call& call, const Ask& ask) {
  if (!ask.raw && (ask.signal.value_or("").empty() || ask.signal_type.value_or("").empty())) {
    return refuse(ProblemKind::kInvalidInput, "Either url or both signal and signal_type are required");
  }
  const auto type = hma_type_named(*ask.signal_type);
  if (!type) {
    return refuse(ProblemKind::kInvalidInput, "No such SignalType '" + ask.signal_type->substr(0, 64) + "'");
  }
  const auto signal = hma_signal_from_text(*type, *ask.signal);
  if (!signal) return refuse(ProblemKind::kInvalidInput, "invalid signal: " + signal.error().message);
  auto meant = this->meant(call, ask);
  if (!meant) return tl::unexpected(std::move(meant).error());
  AskedItem item;
  if (*type == HmaType::kPdq) item.signals.pdq.push_back({signal->pdq, 100});
  if (*type == HmaType::kVideoMd5) item.signals.md5 = signal->md5;
  auto answer = asked(item, meant->options);
  if (!answer) return tl::unexpected(std::move(answer).error());
  if (!answer->decided && answer->failed) return tl::unexpected(hma_problem(*answer->failed));
  return Found{*type, *std::move(answer), meant->none};
}

CallResult HmaMatchCalls::answer_signal(const Ask& ask, const Found& found) const {
  if (!ask.raw) return json_answer(200, by_bank(ask, found));
  std::string rows;
  for (const LookupMatch& match : found.answer.matches) {
    if (found.none || !is_shown(match, true, false)) continue;
    if (!rows.empty()) rows += ',';
    if (ask.with_distance) {
      add_match(rows, match.match.entry, distance_of(match, found.type));
    } else {
      rows += hma_id(match.match.entry);
    }
  }
  return json_answer(200, "{\"matches\":[" + rows + "]}");
}

HmaRead<HmaMatchCalls::Found> HmaMatchCalls::look_up_media(Call& call, const Ask& ask, const HmaFile& file) {
  auto meant = this->meant(call, ask);
  if (!meant) return tl::unexpected(std::move(meant).error());
  HmaRead<LookupAnswer> answer;
  if (file.type == HmaType::kVideoMd5) {
    const FileDigests digests = digests_of(file.bytes());
    AskedItem item;
    item.signals.md5 = digests.md5;
    item.signals.sha1 = digests.sha1;
    item.signals.sha256 = digests.sha256;
    answer = asked(item, meant->options);
  } else {
    meant->options.profile = parts_.profile;
    answer = asked(file.bytes(), meant->options);
  }
  if (!answer) return tl::unexpected(std::move(answer).error());
  if (!answer->decided && answer->failed) return tl::unexpected(hma_problem(*answer->failed));
  if (answer->media && answer->matches.empty()) {
    if (!answer->media->decoded) {
      return refuse(ProblemKind::kInvalidInput, "the file is no picture of a kind that is read here");
    }
    if (answer->media->pdq && answer->media->pdq->quality < kPdqQualityMin) {
      return refuse(ProblemKind::kInvalidInput, "invalid signal: invalid PDQ hash");
    }
  }
  return Found{file.type, *std::move(answer), meant->none};
}

CallResult HmaMatchCalls::answer_media(Call& call, const Ask& ask, const HmaFile& file) {
  auto found = look_up_media(call, ask, file);
  if (!found) return tl::unexpected(std::move(found).error());
  if (const auto known = know_names(*found); !known) return tl::unexpected(CallProblem(known.error()));
  const std::string banks = by_bank(ask, *found);
  const std::string type(name_of(file.type));
  if (ask.signal_type) return json_answer(200, *ask.signal_type == type ? banks : "{}");
  return json_answer(200, "{\"" + type + "\":" + banks + "}");
}

}  // namespace seawall
