#include "seawall/service/gate_calls.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "seawall/api/match_ask.h"
#include "seawall/base/hex.h"
#include "seawall/http/multipart.h"
#include "seawall/http/syntax.h"
#include "seawall/jobs/idempotency.h"
#include "seawall/json/text.h"
#include "seawall/service/bank_choice.h"
#include "seawall/service/query.h"

namespace seawall {
namespace {

constexpr std::size_t kMediaBytesMax = std::size_t{256} << 20;
constexpr std::size_t kLocationBytesMax = 65;

using File = std::span<const std::byte>;

/// nginx keeps method and body on the way to a named location only, so no other place may be named.
bool is_named_location(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return text.size() >= 2 && text.front() == '@' && std::ranges::all_of(text.substr(1), fits);
}

bool is_text(File bytes) {
  return is_utf8({reinterpret_cast<const char*>(bytes.data()), bytes.size()});  // NOLINT: the same bytes.
}

bool is_looked_at(const FormPart& part) {
  return !part.content.empty() && (part.filename || !is_text(part.content));
}

tl::unexpected<CallProblem> unseen(std::string_view what) {
  return refuse(ProblemKind::kUnsupported,
                "Files in " + std::string(what) + " cannot be looked at; send them as they are.");
}

/// The files of a body. None: there is nothing to look at.
tl::expected<std::vector<File>, CallProblem> files_of(const Call& call) {
  const auto encoding = call.head.field("content-encoding");
  if (encoding && !equal_ignoring_case(http_trimmed(*encoding), "identity")) return unseen("encoded bodies");
  const std::string type = call.media_type();
  if (type == "application/x-www-form-urlencoded") return unseen("forms of this kind");
  std::vector<File> files;
  if (type == "multipart/form-data") {
    MultipartLimits limits;
    limits.parts_max = GateCalls::kPartsMax;
    auto parts = parse_form_data(*call.head.field("content-type"), call.body.bytes(), limits);
    if (!parts) return tl::unexpected(CallProblem(parts.error()));
    for (const FormPart& part : *parts) {
      if (is_looked_at(part)) files.push_back(part.content);
    }
    return files;
  }
  if (type.starts_with("multipart/") || type.starts_with("message/")) return unseen("bodies of this type");
  if (call.body.size() != 0) files.push_back(call.body.bytes());
  return files;
}

template <class Digest>
tl::expected<void, CallProblem> read_digest(const Call& call, std::string name, std::optional<Digest>& out) {
  const auto text = call.head.field(name);
  if (!text) return {};
  Digest digest;
  if (!from_hex(http_trimmed(*text), digest))
    return refuse_at(std::move(name), "hexadecimal digits are needed");
  out = digest;
  return {};
}

tl::expected<void, CallProblem> read_pdq(const Call& call, AskedSignals& out) {
  const auto text = call.head.field("seawall-pdq");
  if (!text) return {};
  const auto bits = fingerprint_from_text(http_trimmed(*text));
  if (!bits) return refuse_at("seawall-pdq", "64 hexadecimal digits are needed");
  PdqHash hash{*bits, kPdqQualityMin};  // Of unknown quality until it is said: good enough, as everywhere.
  if (const auto quality = call.head.field("seawall-pdq-quality")) {
    const std::string_view digits = http_trimmed(*quality);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), hash.quality);
    const bool whole = read.ec == std::errc() && read.ptr == digits.data() + digits.size();
    if (!whole || hash.quality < 0 || hash.quality > 100) {
      return refuse_at("seawall-pdq-quality", "a whole number from 0 to 100 is needed");
    }
  }
  out.pdq.push_back(hash);
  return {};
}

tl::expected<AskedSignals, CallProblem> signals_of(const Call& call) {
  AskedSignals signals;
  if (auto read = read_pdq(call, signals); !read) return tl::unexpected(std::move(read).error());
  if (auto read = read_digest(call, "seawall-md5", signals.md5); !read) {
    return tl::unexpected(std::move(read).error());
  }
  if (auto read = read_digest(call, "seawall-sha1", signals.sha1); !read) {
    return tl::unexpected(std::move(read).error());
  }
  if (auto read = read_digest(call, "seawall-sha256", signals.sha256); !read) {
    return tl::unexpected(std::move(read).error());
  }
  if (signals.empty()) {
    return refuse(ProblemKind::kInvalidInput,
                  "Send Seawall-Sha256, Seawall-Sha1, Seawall-Md5 or Seawall-Pdq; or POST the upload.");
  }
  return signals;
}

}  // namespace

/// What an upload is asked about with.
struct GateCalls::Ask {
  std::vector<std::string> banks;
  std::string location;  ///< For nginx, when it may pass; empty: none.
  std::string place;
  bool count_only = false;
  LookupOptions options;
};

void GateCalls::serve(ServedOperations& operations) {
  ServedOperation post;
  post.lane = Lane::kMedia;
  post.media_bytes_max = kMediaBytesMax;
  post.run = [this](Call& call) { return media(call); };
  operations.serve(Operation::kGate, std::move(post));
  ServedOperation get;
  get.lane = Lane::kSignals;
  get.run = [this](Call& call) { return signals(call); };
  operations.serve(Operation::kGateSignals, std::move(get));
}

namespace {

tl::expected<bool, CallProblem> one_of(Query& query, std::string_view name, std::string_view usual,
                                       std::string_view other) {
  auto text = query.any_text(name);
  if (!text) return tl::unexpected(std::move(text).error());
  if (!*text || **text == usual) return false;
  if (**text == other) return true;
  return refuse_at("?" + std::string(name), std::string(usual) + " or " + std::string(other) + " is needed");
}

tl::expected<std::string, CallProblem> read_location(Query& query) {
  auto text = query.text("accel", kLocationBytesMax);
  if (!text) return tl::unexpected(std::move(text).error());
  if (*text && !is_named_location(**text)) {
    return refuse_at("?accel", "a named location such as @application is needed");
  }
  return text->value_or("");
}

tl::expected<void, CallProblem> read_options(Query& query, LookupOptions& options) {
  auto open = one_of(query, "on_error", "fail_closed", "fail_open");
  if (!open) return tl::unexpected(std::move(open).error());
  options.on_error = *open ? OnError::kFailOpen : OnError::kFailClosed;
  auto profile = query.any_text("profile");
  if (!profile) return tl::unexpected(std::move(profile).error());
  if (*profile) {
    const auto known = variant_profile_from_text(**profile);
    if (!known) return refuse_at("?profile", "none or default or thorough is needed");
    options.profile = *known;
  }
  auto radius = query.number("radius", 0, 256);
  if (!radius) return tl::unexpected(std::move(radius).error());
  if (*radius) options.radius_bits = static_cast<int>(**radius);
  return {};
}

}  // namespace

GateCalls::Checked<GateCalls::Ask> GateCalls::read_ask(const Call& call) {
  auto query = Query::of(call.head.target());
  if (!query) return tl::unexpected(std::move(query).error());
  Ask ask;
  auto count = one_of(*query, "mode", "refuse", "count");
  if (!count) return tl::unexpected(std::move(count).error());
  ask.count_only = *count;
  auto location = read_location(*query);
  if (!location) return tl::unexpected(std::move(location).error());
  ask.location = *std::move(location);
  auto place = query->text("place", AskedItem::kIdBytesMax);
  if (!place) return tl::unexpected(std::move(place).error());
  ask.place = place->value_or("");
  auto named = query->all("banks", MatchAsk::kBanksMax, ListBank::kNameBytesMax);
  if (!named) return tl::unexpected(std::move(named).error());
  if (auto read = read_options(*query, ask.options); !read) return tl::unexpected(std::move(read).error());
  if (auto done = query->finish(); !done) return tl::unexpected(std::move(done).error());
  // Names that cannot be read are no reason to give no verdict, unless the caller named banks.
  const std::uint64_t version = parts_.lists.proof().number;
  if (!parts_.names.known(version, {})) {
    if (const auto read = parts_.names.read(version, {}); !read) parts_.log.event("names", read.error());
  }
  const Identity& who = call.who();
  auto banks = chosen_banks(parts_.names, who, *named);
  if (!banks) return tl::unexpected(std::move(banks).error());
  ask.options.banks = *std::move(banks);
  ask.options.tenant = who.tenant;
  ask.options.caller = caller_of(who);
  return ask;
}

CallResult GateCalls::media(Call& call) {
  auto ask = read_ask(call);
  if (!ask) return tl::unexpected(std::move(ask).error());
  auto files = files_of(call);
  if (!files) return tl::unexpected(std::move(files).error());
  if (files->size() > 1) {
    auto taken = parts_.gate.take(call.caller, static_cast<std::uint32_t>(files->size() - 1));
    if (!taken) return tl::unexpected(std::move(taken).error());
  }
  AskedItem item;
  item.place = ask->place;
  std::vector<LookupAnswer> answers;
  for (const File file : *files) {
    auto one = parts_.lookup.look_up(file, item, ask->options);
    if (!one) return tl::unexpected(CallProblem(one.error()));
    answers.push_back(*std::move(one));
  }
  return answer(answers, *ask);
}

CallResult GateCalls::signals(Call& call) {
  auto ask = read_ask(call);
  if (!ask) return tl::unexpected(std::move(ask).error());
  auto asked = signals_of(call);
  if (!asked) return tl::unexpected(std::move(asked).error());
  const std::vector items{AskedItem{"", ask->place, *std::move(asked)}};
  auto answers = parts_.lookup.look_up(items, ask->options);
  if (!answers) return tl::unexpected(CallProblem(answers.error()));
  return answer(*answers, *ask);
}

CallResult GateCalls::answer(const std::vector<LookupAnswer>& answers, const Ask& ask) {
  BankAction verdict = BankAction::kAllow;
  for (const LookupAnswer& one : answers) {
    verdict = std::min(verdict, one.verdict);  // In the order of severity: model/bank_action.h.
    parts_.metrics.looked_up(one.verdict, one.decided, one.failed.has_value());
  }
  static_assert(BankAction::kBlock < BankAction::kReview && BankAction::kReview < BankAction::kAllow);
  parts_.metrics.gated(verdict, ask.count_only);
  const bool passes = ask.count_only || verdict == BankAction::kAllow;
  HttpAnswer answer;
  answer.status = passes ? 204 : 403;
  answer.fields.emplace_back("Seawall-Verdict", name_of(verdict));
  if (passes && !ask.location.empty()) answer.fields.emplace_back("X-Accel-Redirect", ask.location);
  return answer;
}

}  // namespace seawall
