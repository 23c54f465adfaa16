#include "seawall/service/hma_content_calls.h"

#include <array>

#include "seawall/service/hma_content.h"
#include "seawall/service/query.h"
#include "seawall/store/content_check.h"

namespace seawall {
namespace {

constexpr std::size_t kJsonBytesMax = std::size_t{128} << 10;
constexpr std::size_t kMediaBytesMax = std::size_t{256} << 20;
constexpr std::size_t kOpenReleasesMax = 1'000;
constexpr std::string_view kManual = "manual";
constexpr std::string_view kInterface = "through HMA's interface";

/// A note is also the reason of what is done with it.
Actor actor(const Call& call, std::string_view what, const std::string& note = {}) {
  std::string why = note.empty() ? std::string(kInterface) + ": " + std::string(what)
                                 : clean_text(note, Authorship::kWhyBytesMax);
  return {call.who().who, std::move(why)};
}

tl::unexpected<CallProblem> wrong(std::string words) {
  return refuse(ProblemKind::kInvalidInput, std::move(words));
}

tl::unexpected<CallProblem> no_content(const std::string& id) {
  return refuse(ProblemKind::kNotFound, "content '" + id.substr(0, 32) + "' not found");
}

/// The state of what is not in force as the contract has it.
std::string_view waiting_state(EntryState state) {
  return name_of(state == EntryState::kQuarantined ? state : EntryState::kProposed);
}

HmaRead<Json> json_body(const Call& call) {
  if (call.body.size() == 0 || call.media_type() != "application/json") return Json();
  SEAWALL_TRY(Json body, parse_json(call.body.text(), kJsonBytesMax));
  return body;
}

}  // namespace

/// New content of a bank.
struct HmaContentCalls::Added {
  std::vector<HmaSignal> signals;
  HmaNotes notes;
  std::string_view media_type;  ///< "image", "video" or unknown.
  std::uint64_t size_bytes = 0;
};

/// An entry that a path names.
struct HmaContentCalls::Found {
  ListBank bank;
  Entry entry;
};

/// What a PUT asks for; none: as it is.
struct HmaContentCalls::Wanted {
  std::optional<bool> on;
  std::optional<std::string> note;

  static HmaRead<Wanted> of(const Json& body);
};

void HmaContentCalls::serve(ServedOperations& operations) {
  const auto served = [](Lane lane, std::size_t json_max, std::size_t media_max, auto run) {
    ServedOperation out;
    out.lane = lane;
    out.json_bytes_max = json_max;
    out.media_bytes_max = media_max;
    out.run = [run](Call& call) { return as_hma(run(call)); };
    return out;
  };
  auto content =
      served(Lane::kMedia, kJsonBytesMax, kMediaBytesMax, [this](Call& call) { return add_content(call); });
  content.begin = [](Call& call) -> std::variant<Lane, CallResult> {
    return call.media_type() == "multipart/form-data" ? Lane::kMedia : Lane::kFetch;
  };
  operations.serve(Operation::kHmaAddContent, std::move(content));
  operations.serve(Operation::kHmaAddSignals,
                   served(Lane::kStore, kJsonBytesMax, 0, [this](Call& call) { return add_signals(call); }));
  operations.serve(Operation::kHmaContent,
                   served(Lane::kStore, 0, 0, [this](Call& call) { return show(call); }));
  operations.serve(Operation::kHmaAlterContent,
                   served(Lane::kStore, kJsonBytesMax, 0, [this](Call& call) { return alter(call); }));
  operations.serve(Operation::kHmaDeleteContent,
                   served(Lane::kStore, 0, 0, [this](Call& call) { return remove(call); }));
}

HmaRead<ListBank> HmaContentCalls::bank_of(StoreView& view, const Call& call) {
  SEAWALL_TRY(auto bank, hma_bank_named(view, call.who(), call.captured.front()));
  if (!bank) return hma_no_bank(call.captured.front());
  return *std::move(bank);
}

// ------------------------------------------------------------------------------------------------ adding

HmaRead<HmaFile> HmaContentCalls::file_of(const Call& call, const HmaForm& form) {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  SEAWALL_TRY(const auto url, query.any_text("url"));
  SEAWALL_TRY(const auto content_type, query.any_text("content_type"));
  SEAWALL_TRY(const auto types, query.any_text("types"));
  if (url && !url->empty()) return parts_.media.fetched(*url, content_type, types);
  if (form.files.empty()) return wrong("Neither `url` nor multipart file upload was received");
  return HmaMedia::file_of(form, types);
}

HmaRead<HmaSignal> HmaContentCalls::signal_of(const HmaFile& file) {
  SEAWALL_TRY(const std::string hash, parts_.media.hash(file));
  const auto signal = hma_signal_from_text(file.type, hash);
  if (signal) return *signal;
  return wrong("Invalid " + std::string(name_of(file.type)) + " signal: " + signal.error().message);
}

CallResult HmaContentCalls::add_content(Call& call) {
  ListBank bank;
  {
    SEAWALL_TRY(const auto view, parts_.store.view());
    SEAWALL_TRY(bank, bank_of(*view, call));
  }
  SEAWALL_TRY(const Json body, json_body(call));
  SEAWALL_TRY(const HmaForm form, HmaMedia::form_of(call));
  Added added;
  SEAWALL_TRY(added.notes, hma_notes(body, form));
  SEAWALL_TRY(const HmaFile file, file_of(call, form));
  SEAWALL_TRY(HmaSignal signal, signal_of(file));
  added.media_type = file.type == HmaType::kPdq ? "image" : "video";
  added.size_bytes = file.bytes().size();
  added.signals.push_back(std::move(signal));
  return add(call, bank, added);
}

CallResult HmaContentCalls::add_signals(Call& call) {
  ListBank bank;
  {
    SEAWALL_TRY(const auto view, parts_.store.view());
    SEAWALL_TRY(bank, bank_of(*view, call));
  }
  SEAWALL_TRY(const Json body, json_body(call));
  if (!body.is_object()) return wrong("Request input was not a dict");
  Added added;
  SEAWALL_TRY(added.notes.note, hma_note(body.value("note", Json())));
  for (const auto& member : body.items()) {
    if (member.key() == "note") continue;
    const auto type = hma_type_named(member.key());
    if (!type) return wrong("No such signal type " + member.key().substr(0, 64));
    const Json& value = member.value();
    const auto signal = hma_signal_from_text(*type, value.is_string() ? value.get<std::string>() : "");
    if (!signal) return wrong("Invalid " + member.key() + " signal: " + signal.error().message);
    added.signals.push_back(*signal);
  }
  if (added.signals.empty()) return wrong("No signals given");
  return add(call, bank, added);
}

Result<std::optional<Entry>> HmaContentCalls::known(BankId bank, const std::string& key) {
  SEAWALL_TRY(const auto view, parts_.store.view());
  SEAWALL_TRY(const auto source, view->source_named(kManual));
  if (!source) return std::nullopt;
  SEAWALL_TRY(const auto keys, view->known_keys(bank, source->id, std::span(&key, 1)));
  if (!keys.front()) return std::nullopt;
  SEAWALL_TRY(auto entries, view->entries(std::span(&keys.front()->entry, 1)));
  if (entries.empty()) return std::nullopt;
  return std::move(entries.front());
}

Result<void> HmaContentCalls::activate_if_approved(ReleaseId release, const Actor& by) {
  SEAWALL_TRY(const ApprovalStand stand, parts_.lists.stand(release));
  if (stand.missing() > 0) return {};
  SEAWALL_CHECK(parts_.lists.activate(release, by));
  return {};
}

Result<Entry> HmaContentCalls::propose(const EntryProposal& proposal, const Actor& by) {
  SEAWALL_TRY(const Release release, parts_.lists.propose(proposal, by));
  SEAWALL_CHECK(activate_if_approved(release.id, by));
  SEAWALL_TRY(auto entry, known(proposal.bank, proposal.key));
  if (!entry) return fail(Code::kConflict, "somebody took the entry away again at once");
  return *std::move(entry);
}

CallResult HmaContentCalls::add(const Call& call, const ListBank& bank, const Added& added) {
  EntryProposal proposal{bank.id, hma_key(added.signals), hma_content(added.signals, added.notes)};
  proposal.content.media_type = added.media_type;
  proposal.content.size_bytes = added.size_bytes;
  SEAWALL_TRY(auto entry, known(bank.id, proposal.key));
  const Actor by = actor(call, "content added", added.notes.note);
  if (!entry) {
    SEAWALL_TRY(entry, propose(proposal, by));
  } else if (entry->state == EntryState::kProposed) {
    // What a process that died left between proposing and activating.
    SEAWALL_CHECK(activate_if_approved(release_of(entry->id), by));
    SEAWALL_TRY(entry, known(bank.id, proposal.key));
    if (!entry) return refuse(ProblemKind::kUnavailable, "Somebody takes the entry away; try again.");
  }
  Json json;
  json["id"] = static_cast<std::uint64_t>(entry->id);
  Json& signals = json["signals"] = Json::object();
  for (const HmaSignal& signal : added.signals) signals[std::string(name_of(signal.type))] = signal.text;
  if (entry->state == EntryState::kActive) return json_answer(200, to_line(json));
  json["state"] = waiting_state(entry->state);
  SEAWALL_CHECK(add_release(json, release_of(entry->id)));
  return json_answer(202, to_line(json));
}

Result<void> HmaContentCalls::add_release(Json& json, ReleaseId release) {
  SEAWALL_TRY(const auto view, parts_.store.view());
  SEAWALL_TRY(const auto stored, view->release(release));
  int missing = 0;
  if (stored && (stored->state == ReleaseState::kProposed || stored->state == ReleaseState::kStaged)) {
    SEAWALL_TRY(const ApprovalStand stand, parts_.lists.stand(release));
    missing = stand.missing();
  }
  add_waits(json, release, missing);
  return {};
}

// ----------------------------------------------------------------------------------------------- entries

HmaRead<HmaContentCalls::Found> HmaContentCalls::found(const Call& call) {
  SEAWALL_TRY(const auto view, parts_.store.view());
  SEAWALL_TRY(ListBank bank, bank_of(*view, call));
  const std::string& id = call.captured[1];
  const auto entry = hma_entry(id);
  if (!entry) return no_content(id);
  SEAWALL_TRY(auto entries, view->entries(std::span(&*entry, 1)));
  if (entries.empty() || entries.front().bank != bank.id) return no_content(id);
  return Found{std::move(bank), std::move(entries.front())};
}

namespace {

bool is_in_force(const Entry& entry, Time now) {
  return entry.state == EntryState::kActive && !(entry.expires_at && *entry.expires_at <= now);
}

/// What an exchange says of it: its source to its key; null for what people added.
Json collab_of(const Entry& entry, const std::vector<Source>& sources) {
  for (const Source& source : sources) {
    if (source.id == entry.source && source.name != kManual) return {{source.name, Json::array({entry.key})}};
  }
  return {};
}

Json entry_json(const Entry& entry, const ListBank& bank, Time now) {
  Json json;
  json["id"] = static_cast<std::uint64_t>(entry.id);
  json["disable_until_ts"] = is_in_force(entry, now) ? 1 : 0;
  json["original_media_uri"] = Json();
  json["bank"] = hma_bank_json(bank, now);
  return json;
}

}  // namespace

CallResult HmaContentCalls::show(Call& call) {
  SEAWALL_TRY(const Found found, this->found(call));
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  SEAWALL_TRY(const auto with_signals, query.any_text("include_signals"));
  SEAWALL_TRY(const auto with_metadata, query.any_text("include_metadata"));
  const auto is_true = [](const std::string& word) { return hma_boolean(word) == true && word.size() == 4; };
  const Entry& entry = found.entry;
  Json json = entry_json(entry, found.bank, parts_.clock.now());
  if (is_true(with_signals.value_or("false"))) json["signals"] = hma_signals_json(entry.content.signals);
  if (is_true(with_metadata.value_or("true"))) {
    SEAWALL_TRY(const auto view, parts_.store.view());
    SEAWALL_TRY(const auto sources, view->sources());
    const Json user = hma_user_metadata(entry.content);
    const Json collab = collab_of(entry, sources);
    if (!user.is_null() || !collab.is_null()) {
      const auto member = [&](const char* name) {
        return user.is_null() ? Json() : user.value(name, Json());
      };
      json["metadata"] = {{"content_id", member("content_id")},
                          {"content_uri", member("content_uri")},
                          {"json", member("json")},
                          {"collab", collab}};
    }
  }
  if (const std::string note = note_of(entry.content); !note.empty()) json["note"] = note;
  json["state"] = name_of(entry.state);
  return json_answer(200, to_line(json));
}

HmaRead<HmaContentCalls::Wanted> HmaContentCalls::Wanted::of(const Json& body) {
  if (!body.is_object()) return wrong("Request input was not a dict");
  Wanted wanted;
  if (const auto member = body.find("disable_until_ts"); member != body.end()) {
    const std::string text = member->is_string() ? member->get<std::string>() : to_line(*member);
    const bool number = !text.empty() && text.find_first_not_of("0123456789-") == std::string::npos;
    if (!number) return wrong("Invalid int: '" + text.substr(0, 32) + "'");
    if (text.starts_with('-')) return wrong("disable_until_ts must be a non-negative integer");
    if (text != "0" && text != "1") {
      return wrong(
          "there is no pause that ends by itself, for nobody would approve the moment at which "
          "blocks come back: send 0, and 1 later");
    }
    wanted.on = text == "1";
  }
  if (const auto member = body.find("note"); member != body.end()) {
    SEAWALL_TRY(wanted.note, hma_note(*member));
  }
  return wanted;
}

CallResult HmaContentCalls::alter(Call& call) {
  SEAWALL_TRY(Found found, this->found(call));
  if (found.entry.state == EntryState::kWithdrawn) return no_content(call.captured[1]);
  SEAWALL_TRY(const Json body, json_body(call));
  SEAWALL_TRY(const Wanted wanted, Wanted::of(body));
  Json waits = Json::object();
  const Actor by = actor(call, "content changed", wanted.note.value_or(""));
  if (wanted.note) SEAWALL_CHECK(set_note(found, *wanted.note, by, waits));
  if (wanted.on) {
    SEAWALL_TRY(found, this->found(call));
    SEAWALL_CHECK(set_switch(found, *wanted.on, by, waits));
  }
  SEAWALL_TRY(found, this->found(call));
  SEAWALL_TRY(const auto view, parts_.store.view());
  SEAWALL_TRY(const auto sources, view->sources());
  const Json collab = collab_of(found.entry, sources);
  const std::string note = note_of(found.entry.content);
  Json json = entry_json(found.entry, found.bank, parts_.clock.now());
  json["collab_metadata"] = collab.is_null() ? Json::object() : collab;
  json["user_metadata"] = hma_user_metadata(found.entry.content);
  json["note"] = note.empty() ? Json() : Json(note);
  if (waits.empty()) return json_answer(200, to_line(json));
  json.update(waits);
  return json_answer(202, to_line(json));
}

HmaRead<void> HmaContentCalls::set_switch(const Found& found, bool on, const Actor& by, Json& waits) {
  const Entry& entry = found.entry;
  if (!on) {
    SEAWALL_CHECK(parts_.lists.quarantine(entry.id, by));
    return {};
  }
  if (entry.state == EntryState::kActive) return {};
  if (entry.state == EntryState::kQuarantined) {
    SEAWALL_TRY(const auto open,
                hma_open_request(parts_.lists, WantedEntry{entry.id, entry.version, true, entry.radius_bits,
                                                           entry.action, entry.expires_at}));
    if (open) {
      add_waits(waits, open->request.id, open->stand.missing());
      return {};
    }
    SEAWALL_TRY(const ChangeOutcome outcome, parts_.lists.end_quarantine(entry.id, by));
    if (!outcome.done) {
      add_waits(waits, *outcome.request, outcome.approvals_missing);
      return {};
    }
  }
  SEAWALL_TRY(const auto view, parts_.store.view());
  SEAWALL_TRY(const auto release, view->release(release_of(entry.id)));
  if (release && release->state != ReleaseState::kActive) {
    SEAWALL_CHECK(add_release(waits, release_of(entry.id)));
  }
  return {};
}

HmaRead<void> HmaContentCalls::set_note(const Found& found, const std::string& note, const Actor& by,
                                        Json& waits) {
  const PendingChange change{found.entry.id, with_note(found.entry.content, note)};
  if (*change.content == found.entry.content) return {};
  SEAWALL_TRY(const Release release, parts_.lists.propose_content(std::span(&change, 1), by));
  if (release.state != ReleaseState::kActive) SEAWALL_CHECK(add_release(waits, release.id));
  return {};
}

// ---------------------------------------------------------------------------------------------- removing

Result<std::optional<ReleaseId>> HmaContentCalls::open_withdrawal(const Entry& entry) {
  SEAWALL_TRY(const auto view, parts_.store.view());
  SEAWALL_TRY(const auto releases, view->open_releases(ReleaseId{0}, kOpenReleasesMax));
  const EntryId before{static_cast<std::uint64_t>(entry.id) - 1};
  for (const Release& release : releases) {
    if (release.bank != entry.bank || release.source != entry.source || release.counts.withdrawn == 0 ||
        release.state == ReleaseState::kLoading) {
      continue;
    }
    SEAWALL_TRY(const auto pending, view->pending(release.id, before, 1));
    if (!pending.empty() && pending.front().entry == entry.id && !pending.front().content) return release.id;
  }
  return std::nullopt;
}

/// None: nothing had to be proposed, since it was never in force.
Result<std::optional<Release>> HmaContentCalls::take_off(const Entry& entry, const Actor& by) {
  {
    SEAWALL_TRY(const auto view, parts_.store.view());
    SEAWALL_TRY(const auto own, view->release(release_of(entry.id)));
    const bool alone = own && own->counts.added == 1 && own->counts.updated + own->counts.withdrawn == 0;
    if (alone && (own->state == ReleaseState::kProposed || own->state == ReleaseState::kStaged)) {
      SEAWALL_CHECK(parts_.lists.reject(own->id, by));
      return std::nullopt;
    }
  }
  SEAWALL_TRY(auto release, parts_.lists.withdraw(std::span(&entry.id, 1), by));
  return std::optional(std::move(release));
}

CallResult HmaContentCalls::remove(Call& call) {
  {
    SEAWALL_TRY(const auto view, parts_.store.view());
    SEAWALL_CHECK(bank_of(*view, call));
  }
  if (!hma_entry(call.captured[1])) return no_content(call.captured[1]);
  const auto found = this->found(call);
  if (!found && found.error().kind != ProblemKind::kNotFound) return tl::unexpected(found.error());
  if (!found || found->entry.state == EntryState::kWithdrawn) return json_answer(200, R"({"deleted":0})");
  Json json{{"deleted", 0}};
  SEAWALL_TRY(const auto open, open_withdrawal(found->entry));
  if (open) {
    SEAWALL_CHECK(add_release(json, *open));
    return json_answer(202, to_line(json));
  }
  SEAWALL_TRY(const auto release, take_off(found->entry, actor(call, "content deleted")));
  if (!release || release->state == ReleaseState::kActive) return json_answer(200, R"({"deleted":1})");
  SEAWALL_CHECK(add_release(json, release->id));
  return json_answer(202, to_line(json));
}

}  // namespace seawall
