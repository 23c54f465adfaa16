#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "seawall/cli/entry_wish.h"
#include "seawall/cli/input_file.h"
#include "seawall/cli/lists_commands.h"
#include "seawall/cli/lists_session.h"

namespace seawall::cli {
namespace {

constexpr std::array<std::string_view, 7> kEntryOptions = {"radius", "action", "review-on",     "expires",
                                                           "tag",    "series", "classification"};
constexpr std::array<std::string_view, 5> kBankOnly = {"--name", "--purpose", "--owner", "--active",
                                                       "--two-person"};
constexpr std::array<std::string_view, 5> kEntryOnly = {"--review-on", "--tag", "--series",
                                                        "--classification", "--source"};
constexpr std::size_t kReleaseEntriesMax = 10'000;
constexpr std::string_view kKeyPrefix = "key:";

std::string option_of(std::string_view name) { return "--" + std::string(name); }

Result<void> refuse(const Arguments& arguments, std::span<const std::string_view> options,
                    std::string_view why) {
  for (const std::string_view option : options) {
    if (!arguments.all(option).empty()) {
      return fail(Code::kInvalidInput, std::string(option) + " " + std::string(why));
    }
  }
  return {};
}

Result<void> apply_options(const Arguments& arguments, ListBank& bank) {
  if (const auto name = arguments.text("--name")) bank.name = *name;
  if (const auto purpose = arguments.text("--purpose")) bank.purpose = *purpose;
  if (const auto owner = arguments.text("--owner")) bank.owner = *owner;
  EntryWish wish;
  for (const std::string_view name : {"radius", "action", "expires"}) {
    if (const auto text = arguments.text(option_of(name))) SEAWALL_CHECK(set_wish(wish, name, *text));
  }
  if ((wish.radius_bits && !*wish.radius_bits) || (wish.action && !*wish.action)) {
    return fail(Code::kInvalidInput, "default is for entries: a bank has a radius and an action of its own");
  }
  if (wish.radius_bits) bank.radius_bits = **wish.radius_bits;
  if (wish.action) bank.action = **wish.action;
  if (wish.expires_at) bank.expires_at = *wish.expires_at;
  if (const auto active = arguments.text("--active")) bank.active = *active == "yes";
  if (const auto rule = arguments.text("--two-person")) bank.two_person = *rule == "yes";
  return {};
}

Result<Outcome> set_bank(const Arguments& arguments, Console& console) {
  SEAWALL_CHECK(refuse(arguments, kEntryOnly, "is for entries; name them by release and place: 12.345"));
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(auto view, session->store().view());
  SEAWALL_TRY(ListBank bank, bank_from(*view, arguments.positionals()[0]));
  view.reset();
  SEAWALL_CHECK(apply_options(arguments, bank));
  SEAWALL_TRY(const ChangeOutcome outcome, session->service().alter_bank(bank, by));
  print_outcome(console, outcome, "bank " + bank_name(bank));
  return Outcome{};
}

/// How entries are named on this command line.
struct Naming {
  std::optional<ListBank> bank;   ///< Where sources' keys are looked up.
  std::vector<SourceId> sources;  ///< Of which sources.
};

Result<Naming> naming_from(const Arguments& arguments, StoreView& view) {
  Naming naming;
  if (const auto bank = arguments.text("--bank")) {
    SEAWALL_TRY(naming.bank, bank_from(view, *bank));
  }
  SEAWALL_TRY(const auto sources, chosen_sources(arguments, view));
  for (const Source& source : sources) naming.sources.push_back(source.id);
  return naming;
}

Result<EntryId> entry_by_key(const Naming& naming, StoreView& view, const std::string& key) {
  if (!naming.bank) {
    return fail(
        Code::kInvalidInput,
        "an entry is named by release and place, such as 12.345; with --bank also by its source's key");
  }
  std::vector<EntryId> found;
  for (const SourceId source : naming.sources) {
    SEAWALL_TRY(const auto known, view.known_keys(naming.bank->id, source, std::span(&key, 1)));
    if (known.front()) found.push_back(known.front()->entry);
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) return fail(Code::kNotFound, "the bank lists nothing under the key " + key);
  return fail(Code::kConflict, "several sources list the key " + key + ": say which with --source");
}

Result<Entry> named_entry(const Naming& naming, StoreView& view, const std::string& text) {
  auto id = entry_from(text);
  if (!id || text.starts_with(kKeyPrefix)) {
    const bool prefixed = text.starts_with(kKeyPrefix);
    id = entry_by_key(naming, view, prefixed ? text.substr(kKeyPrefix.size()) : text);
  }
  SEAWALL_TRY(const EntryId entry, id);
  SEAWALL_TRY(auto found, view.entries(std::span(&entry, 1)));
  if (found.empty()) return fail(Code::kNotFound, "there is no entry " + text);
  if (naming.bank && found.front().bank != naming.bank->id) {
    return fail(Code::kNotFound, "entry " + text + " is of another bank");
  }
  return std::move(found.front());
}

Result<std::vector<WishRow>> rows_from(const Arguments& arguments, const Console& console) {
  EntryWish base;
  base.why = arguments.text("--why").value_or("");
  for (const std::string_view name : kEntryOptions) {
    for (const std::string& text : arguments.all(option_of(name))) {
      auto taken = set_wish(base, name, text);
      if (!taken) return tl::unexpected(std::move(taken).error().within(option_of(name)));
    }
  }
  std::vector<WishRow> rows;
  for (const std::string& entry : arguments.positionals()) rows.push_back({entry, base});
  if (const auto path = arguments.text("--from")) {
    SEAWALL_TRY(InputFile file, InputFile::open(*path, console));
    auto more = wishes_from_csv(file.source(), base);
    if (!more) return tl::unexpected(std::move(more).error().within(*path));
    rows.insert(rows.end(), more->begin(), more->end());
  }
  for (const WishRow& row : rows) {
    if (row.wish.empty()) return fail(Code::kInvalidInput, "say what to set: --radius, --action, --tag, ...");
  }
  return rows;
}

using Words = std::map<std::pair<BankId, SourceId>, std::vector<PendingChange>>;

/// Carries out the wishes of one command.
class EntrySetting {
 public:
  EntrySetting(ListsSession& session, Console& console, Actor by)
      : service_(session.service()), console_(console), by_(std::move(by)) {}

  Result<void> set(Entry entry, const EntryWish& wish);
  Result<void> propose_words(StoreView& view);

 private:
  Result<Json> set_at_once(Entry& entry, const EntryWish& wish, const Actor& by);
  Result<ChangeOutcome> set_enforcement(const Entry& entry, const EntryWish& wish, const Actor& by);
  void print(const Entry& entry, const Json& at_once, const ChangeOutcome& outcome, bool words);

  ListService& service_;
  Console& console_;
  Actor by_;
  Words words_;
};

/// What enforces nothing; the names of what changed.
Result<Json> EntrySetting::set_at_once(Entry& entry, const EntryWish& wish, const Actor& by) {
  Json changed = Json::array();
  const auto tags = wished_tags(wish, entry.content.tags);
  if (tags != entry.content.tags) {
    SEAWALL_TRY(entry, service_.set_tags(entry.id, tags, by));
    changed.push_back("tags");
  }
  if (wish.review_at && *wish.review_at != entry.review_at) {
    SEAWALL_TRY(entry, service_.set_review(entry.id, *wish.review_at, by));
    changed.push_back("review");
  }
  return changed;
}

Result<ChangeOutcome> EntrySetting::set_enforcement(const Entry& entry, const EntryWish& wish,
                                                    const Actor& by) {
  const EntrySettings wanted{wish.radius_bits.value_or(entry.radius_bits), wish.action.value_or(entry.action),
                             wish.expires_at.value_or(entry.expires_at)};
  const bool same = wanted.radius_bits == entry.radius_bits && wanted.action == entry.action &&
                    wanted.expires_at == entry.expires_at;
  if (same) return ChangeOutcome{true, std::nullopt, 0, {}};
  return service_.set_settings(entry.id, wanted, by);
}

Result<void> EntrySetting::set(Entry entry, const EntryWish& wish) {
  const Actor by{by_.who, wish.why.empty() ? by_.why : wish.why};
  SEAWALL_TRY(const Json at_once, set_at_once(entry, wish, by));
  SEAWALL_TRY(const ChangeOutcome outcome, set_enforcement(entry, wish, by));
  EntryContent content = wished_content(wish, entry.content);
  const bool words = content != entry.content;
  if (words) words_[{entry.bank, entry.source}].push_back({entry.id, std::move(content)});
  print(entry, at_once, outcome, words);
  return {};
}

void EntrySetting::print(const Entry& entry, const Json& at_once, const ChangeOutcome& outcome, bool words) {
  if (console_.json()) {
    Json json;
    json["entry"] = to_text(entry.id);
    json["set"] = at_once;
    json["done"] = outcome.done && !words;
    if (outcome.request) json["request"] = static_cast<std::uint64_t>(*outcome.request);
    json["approvals_missing"] = outcome.approvals_missing;
    if (outcome.done && outcome.version.number != 0) json["version"] = outcome.version.number;
    json["in_release"] = words;
    console_.print(to_line(json) + "\n");
    return;
  }
  const std::string what = "entry " + to_text(entry.id);
  for (const Json& name : at_once) console_.print(what + ": " + name.get<std::string>() + " set\n");
  const bool asked = !outcome.done || outcome.version.number != 0;
  if (asked) print_outcome(console_, outcome, what);
  if (!asked && at_once.empty() && !words) console_.print(what + ": is like that already\n");
}

/// Series and classifications are what a body says of its entries: they change by a release.
Result<void> EntrySetting::propose_words(StoreView& view) {
  for (const auto& [place, changes] : words_) {
    for (std::size_t at = 0; at < changes.size(); at += kReleaseEntriesMax) {
      const std::size_t count = std::min(kReleaseEntriesMax, changes.size() - at);
      SEAWALL_TRY(const Release release,
                  service_.propose_content(std::span(changes).subspan(at, count), by_));
      SEAWALL_CHECK(print_sealed(console_, service_, view, release));
    }
  }
  return {};
}

Result<Outcome> set_entries(const Arguments& arguments, Console& console) {
  SEAWALL_CHECK(refuse(arguments, kBankOnly, "is for a bank, and entries are named here"));
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto rows, rows_from(arguments, console));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(auto view, session->store().view());
  SEAWALL_TRY(const Naming naming, naming_from(arguments, *view));
  std::set<EntryId> seen;
  std::vector<Entry> entries;  // All are found before anything is changed.
  for (const WishRow& row : rows) {
    SEAWALL_TRY(Entry entry, named_entry(naming, *view, row.entry));
    if (!seen.insert(entry.id).second) {
      return fail(Code::kInvalidInput, "entry " + row.entry + " is named twice");
    }
    entries.push_back(std::move(entry));
  }
  view.reset();
  Outcome outcome;
  EntrySetting setting(*session, console, by);
  for (std::size_t i = 0; i < rows.size() && !console.stopping(); ++i) {
    auto done = setting.set(std::move(entries[i]), rows[i].wish);
    if (done) continue;
    if (rows.size() == 1) return tl::unexpected(std::move(done).error());
    console.error(std::move(done).error().within("entry " + rows[i].entry));
    ++outcome.input_errors;
  }
  SEAWALL_TRY(view, session->store().view());
  SEAWALL_CHECK(setting.propose_words(*view));
  return outcome;
}

Result<Outcome> run_set(const Arguments& arguments, Console& console) {
  const auto& named = arguments.positionals();
  const bool entries = arguments.text("--bank") || arguments.text("--from") || named.size() > 1 ||
                       (!named.empty() && named[0].find('.') != std::string::npos && entry_from(named[0]));
  if (!entries && named.empty()) {
    return usage_failure(console, "lists set needs a BANK, an ENTRY or --from FILE");
  }
  return entries ? set_entries(arguments, console) : set_bank(arguments, console);
}

constexpr std::array kWhat{PositionalSpec{
    .name = "BANK|ENTRY",
    .help = "a bank; or entries, by release and place such as 12.345, with --bank also by their source's key",
    .required = false,
    .repeatable = true}};
constexpr std::array kSetOptions{
    kStoreOption,
    kWhyOption,
    kAsOption,
    OptionSpec{.name = "--radius",
               .value = "N",
               .help = "bits that may differ, inclusive, 0 to 256; of an entry also default: its bank's",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--action",
               .value = "WHAT",
               .help = "what a caller does with media that meets it; of an entry also default: its bank's",
               .kind = ValueKind::kChoice,
               .choices = "block review allow default"},
    OptionSpec{.name = "--expires",
               .value = "DATE",
               .help = "from then on nothing of it is enforced; or never",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--bank",
               .value = "BANK",
               .help = "entries: of this bank, named by their source's key too (key:TEXT where it looks like "
                       "12.345)",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--source",
               .value = "NAME",
               .help = "entries: whose keys, where several sources use the same",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--review-on",
               .value = "DATE",
               .help = "entries: when somebody looks at it again; or never",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--tag",
               .value = "+X|-X",
               .help = "entries: adds a tag or takes it off; may be given again",
               .kind = ValueKind::kText,
               .repeatable = true},
    OptionSpec{.name = "--series",
               .value = "TEXT",
               .help = "entries: what they belong to; or none",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--classification",
               .value = "SCHEME/VALUE",
               .help = "entries: the decision, such as ncmec/A1; or none",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--from",
               .value = "FILE",
               .help = "entries: a CSV file with a column entry and columns named as these options without "
                       "dashes; - is standard input",
               .kind = ValueKind::kFile},
    OptionSpec{.name = "--name", .value = "NAME", .help = "bank: its new name", .kind = ValueKind::kText},
    OptionSpec{
        .name = "--purpose", .value = "TEXT", .help = "bank: what it is for", .kind = ValueKind::kText},
    OptionSpec{
        .name = "--owner", .value = "TEXT", .help = "bank: who answers for it", .kind = ValueKind::kText},
    OptionSpec{.name = "--active",
               .value = "YES-OR-NO",
               .help = "bank: whether any of it is enforced",
               .kind = ValueKind::kChoice,
               .choices = "yes no"},
    OptionSpec{.name = "--two-person",
               .value = "YES-OR-NO",
               .help = "bank: whether activating and withdrawing need a second person",
               .kind = ValueKind::kChoice,
               .choices = "yes no"},
    kJsonOption};
constexpr std::array kSetExamples{
    Example{"seawall lists set known --radius 24 --why 'too many look-alikes'",
            "Ask for a smaller radius; a second person approves it."},
    Example{"seawall lists set 12.345 12.346 --radius 12 --expires 2027-06-30 --why 'near a stock photo'",
            "The same for two entries."},
    Example{"seawall lists set pic-7 --bank known --tag +checked --review-on 2027-01-31 --why 'case 12'",
            "An entry by its source's key. Tags and review dates are set at once."},
    Example{"seawall lists set --from settings.csv --bank known --why 'review of November'",
            "A row for each entry."}};

}  // namespace

const CommandSpec& lists_set_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists set",
      .summary = "change the settings of a bank or of single entries",
      .description =
          "Name, purpose, owner, tags and review dates change at once. What decides what is enforced waits "
          "for a second person where the bank asks for two: the command prints the request that they "
          "approve. An entry's series and classification change by a release, as an import would change "
          "them.\n\n"
          "A file has a header with a column entry and any of radius, action, review-on, expires, tag "
          "(+X;-Y), "
          "series, classification, why; an empty cell leaves what the options say. Everything is read and "
          "every entry found before the first change. At most 10,000 entries at a time.",
      .positionals = kWhat,
      .options = kSetOptions,
      .examples = kSetExamples,
      .run = run_set};
  return kCommand;
}

}  // namespace seawall::cli
