#include "seawall/cli/lists_session.h"

#include <pwd.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>

#include "seawall/base/hex.h"
#include "seawall/model/time_text.h"

namespace seawall::cli {
namespace {

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

std::string account_of(uid_t user) {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return "uid" + std::to_string(user);
  }
  return entry.pw_name;
}

// In a user namespace that he made himself anybody is user 0: such a namespace maps 0 to that one account
// alone, while the map of a machine, or of a container that its superuser made, takes a range to a range.
bool is_superuser() {
  if (::getuid() != 0) return false;
  std::ifstream map("/proc/self/uid_map");
  std::uint64_t inside = 0, outside = 0, count = 0;
  while (map >> inside >> outside >> count) {
    if (inside == 0) return count > 1;
  }
  return false;
}

Result<std::string> own_account() {
  const uid_t user = ::getuid();
  if (user != 0) return account_of(user);
  if (!is_superuser()) {
    return fail(
        Code::kInvalidInput,
        "inside a user namespace made by an account of no privilege nobody can tell who runs this: run "
        "it outside, under the account itself");
  }
  // sudo tells who stands behind it; another program that sets this name is the superuser's already.
  if (const char* behind = std::getenv("SUDO_USER"); behind != nullptr && *behind != '\0') return behind;
  return account_of(user);
}

Result<void> check_found(const std::optional<ListBank>& bank, StoreView& view, const std::string& text) {
  if (bank) return {};
  SEAWALL_TRY(const auto banks, view.banks());
  std::string message = "there is no bank " + text;
  message += banks.empty() ? "; make one with: seawall lists create NAME" : "; there are:";
  for (std::size_t i = 0; i < banks.size() && i < 20; ++i) message += " " + bank_name(banks[i]);
  return fail(Code::kNotFound, std::move(message));
}

}  // namespace

Result<std::string> store_url(const Arguments& arguments) {
  if (auto url = arguments.text("--store")) return *url;
  const char* url = std::getenv("SEAWALL_STORE");
  if (url != nullptr && *url != '\0') return std::string(url);
  return fail(Code::kInvalidInput,
              "name the list store with --store sqlite:PATH or in $SEAWALL_STORE; make one with: seawall db "
              "create");
}

Result<std::unique_ptr<Store>> open_named_store(const std::string& url) {
  auto store = open_store(url);
  if (!store && store.error().code == Code::kNotFound) {
    store.error().message += "; make a store with: seawall db create";
  }
  return store;
}

Result<std::unique_ptr<ListsSession>> ListsSession::open(const Arguments& arguments) {
  SEAWALL_TRY(const std::string url, store_url(arguments));
  SEAWALL_TRY(auto store, open_named_store(url));
  SEAWALL_TRY(auto records, open_store_records(url));
  return std::unique_ptr<ListsSession>(new ListsSession(std::move(store), std::move(records)));
}

Result<std::string> account_from(const Arguments& arguments) {
  const auto other = arguments.text("--as");
  if (!other) return own_account();
  if (!is_superuser()) return fail(Code::kInvalidInput, "only the superuser may act --as another account");
  return *other;
}

Result<Actor> actor_from(const Arguments& arguments) {
  SEAWALL_TRY(const std::string who, account_from(arguments));
  Actor actor{who, arguments.text("--why").value_or("")};
  if (actor.why.empty()) return fail(Code::kInvalidInput, "say why with --why TEXT; the history keeps it");
  SEAWALL_CHECK(check_actor(actor));
  return actor;
}

Result<ListBank> bank_from(StoreView& view, const std::string& text) {
  std::optional<ListBank> bank;
  if (text.starts_with('#')) {
    if (const auto number = whole_number<std::uint32_t>(std::string_view(text).substr(1))) {
      SEAWALL_TRY(bank, view.bank(BankId{*number}));
    }
  } else {
    const std::size_t slash = text.find('/');
    const std::string tenant = slash == std::string::npos ? "default" : text.substr(0, slash);
    SEAWALL_TRY(bank, view.bank_named(tenant, slash == std::string::npos ? text : text.substr(slash + 1)));
  }
  SEAWALL_CHECK(check_found(bank, view, text));
  return *bank;
}

std::string bank_name(const ListBank& bank) { return bank.tenant + "/" + bank.name; }

Result<std::string> bank_name(StoreView& view, BankId id) {
  SEAWALL_TRY(const auto bank, view.bank(id));
  return bank ? bank_name(*bank) : "bank " + std::to_string(static_cast<std::uint32_t>(id));
}

Result<std::vector<Source>> chosen_sources(const Arguments& arguments, StoreView& view) {
  SEAWALL_TRY(auto sources, view.sources());
  const auto only = arguments.text("--source");
  if (only) std::erase_if(sources, [&](const Source& source) { return source.name != *only; });
  if (only && sources.empty()) return fail(Code::kNotFound, "there is no source " + *only);
  return sources;
}

Result<ReleaseId> release_from(std::string_view text) {
  const auto number = whole_number<std::uint32_t>(text);
  if (number && *number >= 1 && *number <= kReleaseIdMax) return ReleaseId{*number};
  return fail(Code::kInvalidInput, "a release is named by its number, as `seawall lists releases` shows it");
}

Result<RequestId> request_from(std::string_view text) {
  const auto number = whole_number<std::uint64_t>(text);
  if (number && *number != 0) return RequestId{*number};
  return fail(Code::kInvalidInput, "a request is named by its number, as `seawall lists requests` shows it");
}

Result<EntryId> entry_from(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot != std::string_view::npos) {
    const auto place = whole_number<std::uint32_t>(text.substr(dot + 1));
    const auto release = release_from(text.substr(0, dot));
    if (place && release) return entry_id(*release, *place);
  } else if (const auto number = whole_number<std::uint64_t>(text); number && *number >= (1ULL << 32)) {
    return EntryId{*number};
  }
  return fail(Code::kInvalidInput, "an entry is named by release and place, such as 12.345");
}

Result<Time> time_from(std::string_view text) {
  const bool day = text.size() == 10;
  const bool second = text.size() == 20 && text[10] == 'T' && text.back() == 'Z';
  if (day || second) {
    if (auto time = time_from_text(text)) return time;
  }
  return fail(Code::kInvalidInput, "a time is written 2027-01-31 or 2027-01-31T12:00:00Z");
}

std::string time_text(Time time) { return list_time_text(time); }

Json bank_json(const ListBank& bank) { return seawall::bank_json(bank, bank_name(bank)); }

Json release_json(const Release& release, const std::optional<ApprovalStand>& stand) {
  Json json;
  json["release"] = static_cast<std::uint32_t>(release.id);
  json["bank"] = static_cast<std::uint32_t>(release.bank);
  json["source"] = static_cast<std::uint32_t>(release.source);
  json["state"] = name_of(release.state);
  json["proposed"] = authorship_json(release.proposed);
  json["approvals"] = Json::array();
  for (const Authorship& by : release.approvals) json["approvals"].push_back(authorship_json(by));
  if (stand) {
    json["approvals_needed"] = stand->needed;
    json["approvals_missing"] = stand->missing();
  }
  add_counts(json, release.counts);
  json["digest"] = to_hex(release.digest);
  json["version"] = release.version;
  return json;
}

Json entry_json(const Entry& entry) {
  return seawall::entry_json(entry, static_cast<std::uint32_t>(entry.bank),
                             static_cast<std::uint32_t>(entry.source));
}

void print_outcome(Console& console, const ChangeOutcome& outcome, std::string_view what) {
  if (console.json()) {
    console.print(to_line(outcome_json(outcome)) + "\n");
  } else if (outcome.done) {
    console.print(std::string(what) + ": done, list version " + std::to_string(outcome.version.number) +
                  "\n");
  } else {
    const std::string request =
        std::to_string(static_cast<std::uint64_t>(outcome.request.value_or(RequestId{})));
    console.print(std::string(what) + ": request " + request + " waits for " +
                  std::to_string(outcome.approvals_missing) +
                  " more; another person types: seawall lists approve-request " + request + "\n");
  }
}

void print_release(Console& console, const Release& release, const std::optional<ApprovalStand>& stand,
                   const std::string& bank) {
  if (console.json()) {
    console.print(to_line(release_json(release, stand)) + "\n");
    return;
  }
  const ReleaseCounts& counts = release.counts;
  std::string line = "release " + std::to_string(static_cast<std::uint32_t>(release.id)) + "  " +
                     std::string(name_of(release.state)) + "  " + bank + "  +" +
                     std::to_string(counts.added) + " ~" + std::to_string(counts.updated) + " -" +
                     std::to_string(counts.withdrawn);
  if (counts.quarantined != 0) line += "  " + std::to_string(counts.quarantined) + " quarantined";
  if (counts.refused != 0) line += "  " + std::to_string(counts.refused) + " refused";
  line += "  by " + release.proposed.who;
  for (const Authorship& by : release.approvals) line += ", approved by " + by.who;
  if (stand && stand->missing() != 0 &&
      (release.state == ReleaseState::kProposed || release.state == ReleaseState::kStaged)) {
    line += "  (needs " + std::to_string(stand->missing()) + " more)";
  }
  console.print(shown_text(line) + "\n");
}

Result<void> print_sealed(Console& console, ListService& service, StoreView& view, const Release& release) {
  SEAWALL_TRY(const ApprovalStand stand, service.stand(release.id));
  SEAWALL_TRY(const std::string bank, bank_name(view, release.bank));
  print_release(console, release, stand, bank);
  return {};
}

}  // namespace seawall::cli
