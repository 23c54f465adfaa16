#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <bit>
#include <memory>
#include <string>
#include <vector>

#include "seawall/base/hex.h"
#include "seawall/base/unique_fd.h"
#include "seawall/key_vault/key_vault.h"
#include "seawall/orders/test_office.h"
#include "seawall/root_key/file_root_key.h"
#include "seawall/tlog/proof_file.h"

namespace seawall {

/// A log with one witness, in memory, for tests: entries go in, proofs come out. RFC 6962 as it is defined.
class TestLog {
 public:
  [[nodiscard]] TrustedLog trusted() const {
    return {
        .origin = "log.example", .keys = {log_.verifier()}, .witnesses = {witness_.verifier()}, .quorum = 1};
  }
  /// Appends `entry` and gives its proof. `witnessed`: whether the witness cosigns.
  std::string proof_of(std::string_view entry, bool witnessed = true) {
    leaves_.push_back(tlog::hash_leaf(entry));
    const std::uint64_t index = leaves_.size() - 1;
    const std::string text =
        tlog::print_checkpoint({.origin = "log.example",
                                .head = {.size = leaves_.size(), .root = tlog::tree_hash(leaves_)},
                                .extensions = {}});
    tlog::SignedNote note{.text = text, .signatures = {log_.sign(text).value()}};
    if (witnessed) note.signatures.push_back(witness_.sign(text, 1'795'388'400).value());
    return tlog::print_proof_file(
        {.extra = {}, .index = index, .proof = path(index, leaves_), .checkpoint = tlog::print_note(note)});
  }

 private:
  static tlog::NoteSigner signer(const char* name, tlog::KeyType type) {
    return tlog::NoteSigner::make(name, type, SigningKey::generate().value()).value();
  }
  /// PATH of RFC 6962 section 2.1.1.
  static tlog::Proof path(std::uint64_t index, std::span<const tlog::Hash> leaves) {
    if (leaves.size() == 1) return {};
    const std::uint64_t half = std::bit_floor(leaves.size() - 1);
    const bool left = index < half;
    tlog::Proof below = left ? path(index, leaves.first(half)) : path(index - half, leaves.subspan(half));
    below.push_back(tlog::tree_hash(left ? leaves.subspan(half) : leaves.first(half)));
    return below;
  }

  tlog::NoteSigner log_ = signer("log.example", tlog::KeyType::kEd25519);
  tlog::NoteSigner witness_ = signer("w.example", tlog::KeyType::kCosignature);
  std::vector<tlog::Hash> leaves_;
};

/// A vault with people, a clock and a log, for tests: TestOffice's people; the order kOrder lets amy open
/// rec-1 and rec-2 of tenant "forum". Threads: one.
class TestVault {
 public:
  static constexpr const char* kOrder = "o-0123456789abcdef";

  explicit TestVault(const VaultLimits& limits = {}) {
    if (!KeyVault::create(office.folder.path(), *root, office.clock, limits)) std::abort();
    open();
    make_known("forum");
    settle();
  }
  void make_known(const std::string& tenant) {
    if (!carry_out({.what = KeyOffice::What::kTenant, .tenant = tenant, .grounds = "It joins."},
                   {"ann", "bob"}))
      std::abort();
  }
  void open() {
    vault.reset();
    vault = KeyVault::open({.folder = office.folder.path(),
                            .root = *root,
                            .clock = office.clock,
                            .log = log.trusted(),
                            .on_alarm = [this](const VaultAlarm& one) { alarms.push_back(one); },
                            .next_root = next_root,
                            .keeps_pages = keeps_pages})
                .value();
  }
  /// A new root key in a file of that name.
  [[nodiscard]] std::unique_ptr<RootKey> new_root(const char* name) const {
    const std::string file = (office.folder.path() / name).string();
    const UniqueFd fd(::open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    const std::string text = FileRootKey::new_file_text().value();
    if (::write(fd.get(), text.data(), text.size()) < 0) std::abort();
    return FileRootKey::from_file(file).value();
  }
  /// Grants an order for `records`, so many in all, and has the log hold it.
  void order(const char* id, std::vector<std::string> records, std::uint64_t records_max,
             std::set<OrderAction> actions = {OrderAction::kEvidenceOpen}) {
    OrderDocument document = office.order(id, records_max);
    document.scope.records = std::move(records);
    document.actions = std::move(actions);
    office.grant_all(document);
    evidence[id].proof = log.proof_of(vault->book().grant_opening(id)->entry);
    settle();
  }
  /// The log takes everything that waits.
  void settle() {
    for (const VaultSource source : {VaultSource::kVault, VaultSource::kOrders}) {
      const auto waiting = vault->pending(source, 10'000).value();
      for (const PendingLogEntry& one : waiting) {
        if (!vault->settle(source, one.id, log.proof_of(one.entry)).value()) std::abort();
      }
    }
  }
  /// A record's key: its wrapped form is kept in `wrapped`.
  std::string new_key(const std::string& record, const std::string& case_id = "case-1") {
    auto made = vault->new_record_key({"forum", case_id, record, 1}).value();
    wrapped[record] = made.wrapped;
    return std::string(made.key.text());
  }
  [[nodiscard]] KeyUse wish(const std::string& record, const std::string& case_id = "case-1") const {
    return {.person = "amy",
            .order = kOrder,
            .action = OrderAction::kEvidenceOpen,
            .tenant = "forum",
            .case_id = case_id,
            .purpose = "case 12",
            .recipient = {},
            .records = {{record, 1, wrapped.at(record)}},
            .reply_to = reply.public_key()};
  }
  [[nodiscard]] SignedStatement signed_use(const KeyUse& use, PersonRole role = PersonRole::kApplicant) {
    return office.people.signed_by_all(draft_key_use(office.clock.time, use, role, "dora").value());
  }
  Result<KeyAnswer> ask(const SignedStatement& statement) {
    const std::string order = statement.body().value("order", "");
    return vault->use(statement, evidence[order]);
  }
  /// What amy reads of the answer to her statement.
  [[nodiscard]] std::vector<std::string> keys_of(const KeyAnswer& answer,
                                                 const SignedStatement& statement) const {
    std::vector<std::string> keys;
    const auto opened = open_answer(reply, to_hex(statement.id()), answer.sealed);
    if (!opened) return keys;
    for (const KeyBytes& one : *opened) keys.emplace_back(one.text());
    return keys;
  }
  /// The refusal's name, or "given".
  static std::string word(const Result<KeyAnswer>& answer) {
    if (!answer) return answer.error().message;
    if (answer->by_order) return std::string(name_of(*answer->by_order));
    return answer->refusal ? std::string(name_of(*answer->refusal)) : "given";
  }
  std::string answer_to(const KeyUse& use) { return word(ask(signed_use(use))); }
  /// The first page.
  std::string backup() {
    return carry_out({.what = KeyOffice::What::kBackup, .grounds = "As each week."}, {"ann"}).value().backup;
  }
  Result<OfficeReceipt> carry_out(const KeyOffice& office_words, std::vector<std::string> by,
                                  std::string_view backup = {}) {
    std::vector<StatementSigner> signers;
    for (std::string& name : by) signers.push_back({std::move(name), PersonRole::kCustodian});
    auto draft = draft_key_office(office.clock.time, office_words, std::move(signers));
    if (!draft) return tl::unexpected(std::move(draft).error());
    return vault->carry_out(office.people.signed_by_all(*std::move(draft)), backup);
  }

  TestOffice office;
  TestLog log;
  std::unique_ptr<RootKey> root = new_root("root.key");
  const RootKey* next_root = nullptr;
  bool keeps_pages = false;
  std::map<std::string, OrderEvidence> evidence;
  std::map<std::string, std::string> wrapped;
  HpkeKey reply = HpkeKey::generate().value();  ///< For every answer.
  std::vector<VaultAlarm> alarms;               ///< Told by the hook.
  std::unique_ptr<KeyVault> vault;
};

}  // namespace seawall
