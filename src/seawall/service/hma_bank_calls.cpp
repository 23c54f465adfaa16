#include "seawall/service/hma_bank_calls.h"

#include <algorithm>
#include <charconv>

#include "seawall/service/hma_lists.h"

namespace seawall {
namespace {

constexpr std::size_t kBodyBytesMax = std::size_t{64} << 10;
constexpr int kTriesMax = 3;  // Where somebody else changes the bank at the same time.
constexpr std::string_view kBetween =
    "enabled_ratio is 1 (on) or 0 (off): content that is found on some days only helps nobody; to try a list "
    "without enforcing it, stage its release";

bool is_bank_name(std::string_view name) {
  const auto is_first = [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && name.size() <= ListBank::kNameBytesMax && is_first(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_first(c) || (c >= '0' && c <= '9'); });
}

HmaFault wrong(std::string_view member, std::string_view type, std::string_view words, const Json& value) {
  HmaFault fault{std::string(type), std::string(member), std::string(words), to_line(value)};
  if (fault.input.size() > 200) fault.input = "null";
  return fault;
}

/// A number as pydantic reads one; none: none.
std::optional<double> number_of(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1.0 : 0.0;
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const auto text = value.get<std::string>();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<bool> boolean_of(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_string()) return hma_boolean(value.get<std::string>());
  if (!value.is_number() || (value != 0 && value != 1)) return std::nullopt;
  return value == 1;
}

const Json* member(const Json& body, std::string_view name) {
  const auto found = body.find(name);
  return found == body.end() || found->is_null() ? nullptr : &*found;
}

Actor actor(const Call& call, std::string_view what) {
  return {call.who().who, "through HMA's interface: " + std::string(what)};
}

}  // namespace

/// What a caller wants a bank to be.
struct HmaBankCalls::Wish {
  std::optional<std::string> name;
  std::optional<bool> enabled;
  std::optional<double> ratio;
  std::vector<HmaFault> faults;

  /// `model`: what HMA calls this body.
  Wish(const Json& body, std::string_view model) {
    if (!body.is_object()) {
      faults.push_back({"model_type", "",
                        "Input should be a valid dictionary or instance of " + std::string(model), "null"});
      return;
    }
    if (const Json* value = member(body, "name")) {
      if (value->is_string()) name = value->get<std::string>();
      if (!name) faults.push_back(wrong("name", "string_type", "Input should be a valid string", *value));
    }
    if (const Json* value = member(body, "enabled")) {
      enabled = boolean_of(*value);
      if (!enabled)
        faults.push_back(wrong("enabled", "bool_parsing",
                               "Input should be a valid boolean, unable to interpret input", *value));
    }
    if (const Json* value = member(body, "enabled_ratio")) {
      ratio = number_of(*value);
      if (!ratio)
        faults.push_back(wrong("enabled_ratio", "float_parsing",
                               "Input should be a valid number, unable to parse string as a number", *value));
    }
  }
  explicit Wish(bool on) : enabled(on) {}

  [[nodiscard]] HmaRead<void> check() const {
    if (name && !is_bank_name(*name)) {
      return refuse(ProblemKind::kInvalidInput, "Bank names must be UPPER_WITH_UNDERSCORE");
    }
    if (ratio && *ratio != 0.0 && *ratio != 1.0) {
      return refuse(ProblemKind::kInvalidInput, std::string(kBetween));
    }
    return {};
  }
  /// None: as it is. The ratio goes before the switch.
  [[nodiscard]] std::optional<bool> on() const { return ratio ? std::optional(*ratio == 1.0) : enabled; }
};

void HmaBankCalls::serve(ServedOperations& operations) {
  const auto serve_it = [&](Operation operation, std::size_t body_bytes_max, auto run) {
    ServedOperation served;
    served.lane = Lane::kStore;
    served.json_bytes_max = served.media_bytes_max = body_bytes_max;
    served.run = [run](Call& call) { return as_hma(run(call)); };
    operations.serve(operation, std::move(served));
  };
  serve_it(Operation::kHmaBanks, 0, [this](Call& call) { return banks(call); });
  serve_it(Operation::kHmaBank, 0, [this](Call& call) { return bank(call); });
  serve_it(Operation::kHmaCreateBank, kBodyBytesMax, [this](Call& call) { return create(call); });
  serve_it(Operation::kHmaAlterBank, kBodyBytesMax, [this](Call& call) { return alter(call); });
  serve_it(Operation::kHmaDeleteBank, kBodyBytesMax, [this](Call& call) { return remove(call); });
}

CallResult HmaBankCalls::banks(Call& call) {
  SEAWALL_TRY(const auto view, parts_.store.view());
  SEAWALL_TRY(const auto all, view->banks());
  const Time now = parts_.clock.now();
  Json json = Json::array();
  for (const ListBank& bank : all) {
    if (hma_shows(bank, call.who())) json.push_back(hma_bank_json(bank, now));
  }
  return json_answer(200, to_line(json));
}

CallResult HmaBankCalls::bank(Call& call) {
  SEAWALL_TRY(const auto view, parts_.store.view());
  SEAWALL_TRY(const auto bank, hma_bank_named(*view, call.who(), call.captured.front()));
  if (!bank) return hma_no_bank(call.captured.front());
  return json_answer(200, to_line(hma_bank_json(*bank, parts_.clock.now())));
}

Result<ListBank> HmaBankCalls::read(BankId id) {
  SEAWALL_TRY(const auto view, parts_.store.view());
  SEAWALL_TRY(auto bank, view->bank(id));
  if (!bank) return fail(Code::kNotFound, "there is no such bank");
  return *std::move(bank);
}

CallResult HmaBankCalls::create(Call& call) {
  Wish wish(hma_model_body(call), "BankCreateRequest");
  if (!wish.name && wish.faults.empty()) wish.faults.push_back(hma_missing("name"));
  if (!wish.faults.empty()) return hma_faults_answer(wish.faults);
  SEAWALL_CHECK(wish.check());
  SEAWALL_TRY(const BankId id, make(call, wish));
  SEAWALL_TRY(const ListBank bank, read(id));
  return json_answer(201, to_line(hma_bank_json(bank, parts_.clock.now())));
}

HmaRead<BankId> HmaBankCalls::make(const Call& call, const Wish& wish) {
  const Identity& who = call.who();
  if (!who.banks.empty()) {
    return refuse(ProblemKind::kForbidden, "This key is for certain banks only, so it makes none.");
  }
  {
    SEAWALL_TRY(const auto view, parts_.store.view());
    SEAWALL_TRY(const auto taken, view->bank_named(who.tenant, *wish.name));
    if (taken) return refuse(ProblemKind::kForbidden, "Bank already exists");
  }
  ListBank bank;
  bank.tenant = who.tenant;
  bank.name = *wish.name;
  bank.purpose = "made through HMA's interface";
  bank.owner = who.who;
  bank.two_person = !parts_.one_person_banks;
  bank.active = wish.on().value_or(true);
  auto made = parts_.lists.make_bank(bank, actor(call, "POST /c/banks"));
  if (made) return *made;
  if (made.error().code == Code::kConflict) return refuse(ProblemKind::kForbidden, "Bank already exists");
  return tl::unexpected(CallProblem(made.error()));
}

HmaRead<ChangeOutcome> HmaBankCalls::carry_out(const Call& call, const ListBank& bank, const Wish& wish) {
  ListBank wanted = bank;
  if (wish.name) wanted.name = *wish.name;
  if (wish.on()) wanted.active = *wish.on();
  // What is switched on again by name is no longer past its date.
  if (wish.on() == true && wanted.expires_at && *wanted.expires_at <= parts_.clock.now()) {
    wanted.expires_at.reset();
  }
  if (wanted == bank) return ChangeOutcome{true, std::nullopt, 0, {}};
  if (wanted.name != bank.name) {
    const auto& banks = call.who().banks;
    if (!banks.empty() && std::ranges::find(banks, wanted.name) == banks.end()) {
      return refuse(ProblemKind::kForbidden,
                    "This key is bound to certain banks, and that name is none of them.");
    }
    SEAWALL_TRY(const auto view, parts_.store.view());
    SEAWALL_TRY(const auto taken, view->bank_named(bank.tenant, wanted.name));
    if (taken) return refuse(ProblemKind::kForbidden, "Bank name already exists");
  } else {
    SEAWALL_TRY(
        const auto open,
        hma_open_request(parts_.lists, WantedBank{bank.id, bank.version, wanted.action, wanted.radius_bits,
                                                  wanted.two_person, wanted.active, wanted.expires_at}));
    if (open) return ChangeOutcome{false, open->request.id, open->stand.missing(), {}};
  }
  SEAWALL_TRY(auto outcome, parts_.lists.alter_bank(wanted, actor(call, "a bank's switch or name")));
  return outcome;
}

CallResult HmaBankCalls::alter(Call& call) {
  const Wish wish(hma_model_body(call), "BankUpdateRequest");
  if (!wish.faults.empty()) return hma_faults_answer(wish.faults);
  for (int tries = 1;; ++tries) {
    SEAWALL_TRY(const auto view, parts_.store.view());
    SEAWALL_TRY(const auto bank, hma_bank_named(*view, call.who(), call.captured.front()));
    if (!bank) return refuse(ProblemKind::kNotFound, "Bank not found");
    SEAWALL_CHECK(wish.check());
    const auto outcome = carry_out(call, *bank, wish);
    if (!outcome) {
      if (meaning_of(outcome.error().kind).status == 409 && tries < kTriesMax) continue;
      return tl::unexpected(outcome.error());
    }
    SEAWALL_TRY(const ListBank now, read(bank->id));
    Json json = hma_bank_json(now, parts_.clock.now());
    if (outcome->done) return json_answer(200, to_line(json));
    add_waits(json, *outcome->request, outcome->approvals_missing);
    return json_answer(202, to_line(json));
  }
}

CallResult HmaBankCalls::remove(Call& call) {
  const Wish off(false);
  for (int tries = 1;; ++tries) {
    SEAWALL_TRY(const auto view, parts_.store.view());
    SEAWALL_TRY(const auto bank, hma_bank_named(*view, call.who(), call.captured.front()));
    if (!bank) return hma_message(200, "Done");
    const auto outcome = carry_out(call, *bank, off);
    if (!outcome) {
      if (meaning_of(outcome.error().kind).status == 409 && tries < kTriesMax) continue;
      return tl::unexpected(outcome.error());
    }
    if (outcome->done) return hma_message(200, "Done");
    Json json{{"message", "Another person must approve that the bank is switched off"}};
    add_waits(json, *outcome->request, outcome->approvals_missing);
    return json_answer(202, to_line(json));
  }
}

}  // namespace seawall
