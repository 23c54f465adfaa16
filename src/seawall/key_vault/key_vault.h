#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/key_vault/key_ask.h"
#include "seawall/key_vault/key_limits.h"
#include "seawall/key_vault/key_reply.h"
#include "seawall/key_vault/key_wraps.h"
#include "seawall/key_vault/log_proof.h"
#include "seawall/log_outbox/log_outbox.h"
#include "seawall/orders/order_book.h"
#include "seawall/sqlite/database.h"

namespace seawall {

class RatchetClock;

/// Something that people have to look at.
struct VaultAlarm {
  enum class Kind : std::uint8_t {
    kCanary,  ///< A record that nobody has to touch was asked for: the person is frozen.
    kLimit,   ///< A person asks for more than a limit allows.
    kTotal,   ///< Everybody together asks for more than an hour's limit.
    kFlood,   ///< A person was refused so often that they are frozen.
    kForged,  ///< Something was handed in that nobody of the roster signed, or twice.
  };
  Kind kind = Kind::kForged;
  Time at{};                           ///< When it was first so, in this hour.
  std::string person = {};             ///< Empty: nobody is known.
  std::string detail = {};             ///< Of a canary: what it guards; of a limit: which.
  std::vector<std::string> told = {};  ///< Two custodians who are not the person.
  std::uint64_t times = 1;             ///< In this hour.
};
[[nodiscard]] std::string_view name_of(VaultAlarm::Kind kind);  ///< "canary"
/// Port: who is told. Called once for each kind, person and hour, after it is durable; must not block.
using AlarmHook = std::function<void(const VaultAlarm&)>;

/// That somebody is to be called, kept until it was told. Names nobody.
struct VaultPage {
  std::int64_t number = 0;
  std::string id;  ///< 32 hex digits: the same at each attempt, of no other page.
  Time at{};
  std::string kind;    ///< name_of(VaultAlarm::Kind), or "frozen": by a custodian's word.
  std::string detail;  ///< Of a limit: which; else empty.
  std::uint32_t tries = 0;
};
struct VaultPages {
  std::uint64_t waiting = 0;
  std::uint64_t oldest_s = 0;  ///< Since when the oldest waits.
};

/// A new key of a record: encrypt with `key`, forget it, keep `wrapped` beside the record.
struct NewRecordKey {
  KeyBytes key;
  std::string wrapped;  ///< kWrappedKeyBytes bytes.
};

/// What a person gets. With `refusal`, nothing.
struct KeyAnswer {
  std::optional<KeyRefusal> refusal = {};
  std::optional<OrderRefusal> by_order = {};  ///< With KeyRefusal::kOrder.
  std::string sealed = {};                    ///< The keys in the order of the request: open_answer().
  std::string mark = {};                      ///< Of an export: 32 hex digits, to be put into this copy.
};

/// What was done to a vault.
struct OfficeReceipt {
  std::string kind;        ///< The statement's.
  std::string statement;   ///< Its id in hex.
  std::int64_t entry = 0;  ///< Its number among the vault's entries of the log.
  /// Of a destroyed case: how many keys were made with its key. Restored: cases. Rerooted: tenants' keys.
  std::uint64_t records = 0;
  /// Of what was erased, copies may still be read in the vault's file until its readers let go of it: see
  /// VaultStatus::bytes_pending.
  bool residue = false;
  std::optional<Time> until = {};  ///< Of a freeze: when it ends unless a second custodian says so too.
  std::string backup = {};         ///< Of kBackup: the page.
};

/// The two record books of a vault: its own, and its order book's.
enum class VaultSource : std::uint8_t { kVault, kOrders };

struct VaultStatus {
  std::uint64_t tenants = 0, cases = 0, destroyed = 0, canaries = 0;
  std::vector<std::string> frozen;
  std::map<std::string, Time> frozen_until;  ///< Of them, whose freeze ends by itself.
  std::uint64_t unsettled = 0;  ///< Entries that the log was not shown to hold; told up to 10,000 a book.
  std::uint64_t unsettled_age_s = 0;  ///< Of the oldest.
  std::uint64_t given_hour = 0;       ///< Records' keys that left in the last hour.
  /// Of the file's journal, in which what was erased may still be read; 0: nothing of it is left.
  std::uint64_t bytes_pending = 0;
  VaultLimits limits;
  std::string root;       ///< RootKey::name() of the root key.
  std::string next_root;  ///< Of the one that may take its place; empty: none.
  Time now{};
};

/// What a vault did since it was opened; for metrics.
struct VaultCounts {
  std::uint64_t made = 0;                             ///< Keys of records.
  std::uint64_t given = 0;                            ///< Keys that left.
  std::array<std::uint64_t, kKeyRefusals> refused{};  ///< By KeyRefusal.
  std::array<std::uint64_t, 5> alarms{};              ///< By VaultAlarm::Kind, each time.
  std::uint64_t pages_sent = 0;
  std::uint64_t pages_failed = 0;  ///< Attempts.
  std::uint64_t pages_lost = 0;    ///< Never told: too old, or too many.
};

/// Holds the keys of records, and gives one out only to a person who shows an order. Three levels: a tenant's
/// key (in the store, sealed by the root key) wraps its cases' keys, and those wrap the keys of records,
/// which whoever keeps the records keeps in wrapped form.
///
/// Guarantees: a key leaves only for a statement that a person of the vault's own roster signed, fresh and
/// handed in once, under an order that passes the gate (OrderGate) and that the trusted log is proved to
/// hold, within VaultLimits; it was counted durably before it leaves, so a kill gives too little, never too
/// much; it is sealed for the person's own machine; each signed request, allowed or not, is an entry for the
/// log in the same transaction; while the log does not keep up nothing leaves. A canary's touch freezes the
/// person and tells two others. A case's key that was destroyed is overwritten in the store, and the tenant's
/// key is replaced, so that wrapped copies elsewhere open no more, and nor do they of a tenant that was
/// removed; where another program reads the file meanwhile, that is finished later, and told until it is. One
/// time for vault and order book, which never goes back. Does not: know whether an export's mark was put into
/// the copy; keep people from passing on what they saw.
///
/// Threads: any; one at a time inside. Blocks: one or two durable writes. One process has it open. Lifetime:
/// borrows root, clock. Errors everywhere: those of Database. Limits: kTenantsMax; kCasesMax cases a tenant,
/// and kRecordsOfCaseMax keys a case's, far below where random nonces of 96 bits could meet.
class KeyVault {
 public:
  static constexpr std::uint64_t kTenantsMax = 1'000;
  static constexpr std::uint64_t kCasesMax = 1'000'000;
  static constexpr std::uint64_t kRecordsOfCaseMax = 1'000'000;
  static constexpr std::uint64_t kCanariesMax = 100'000;
  static constexpr std::uint64_t kBackupCasesMax = 50'000;  ///< Of one page.
  static constexpr std::uint64_t kCopiesHourMax = 60;       ///< Backups' pages and restores in an hour.
  /// How old a statement of one person may be, and one that several have to sign.
  static constexpr std::chrono::minutes kFreshAlone{5};
  static constexpr std::chrono::minutes kFreshTogether{60};

  /// A freeze by one custodian ends then unless a second says the same; and until the same one may do it to
  /// the same person again.
  static constexpr std::chrono::hours kFreezeAlone{24};
  static constexpr std::chrono::days kFreezeAgain{7};
  /// How long an erasure waits for those who read the file, and how long a chore does.
  static constexpr std::chrono::milliseconds kEraseWait{2'000};
  static constexpr std::chrono::milliseconds kChoreWait{50};

  struct Setup {
    std::filesystem::path folder;  ///< "vault.db", and "orders" beside it.
    const RootKey& root;
    const Clock& clock;
    TrustedLog log;
    AlarmHook on_alarm = {};  ///< May be empty.
    /// SignedStatement::id() of the first statement of the only roster that is believed; none: whichever is
    /// handed in first.
    std::optional<Sha256> roster = {};
    /// The root key that two custodians can put in the place of `root`, or that they have put there already.
    const RootKey* next_root = nullptr;
    bool keeps_pages = false;  ///< Whether somebody sends them: due_page().
  };
  /// Makes an empty vault. Errors: kConflict (there is one), kInvalidInput (`limits`).
  static Result<void> create(const std::filesystem::path& folder, const RootKey& root, const Clock& clock,
                             const VaultLimits& limits);
  /// Goes on with a rotation that was under way. Errors: kNotFound, kCorrupt (another root key),
  /// kUnavailable (the root key's token).
  static Result<std::unique_ptr<KeyVault>> open(Setup setup);
  ~KeyVault();

  /// Who is who, and orders. Anybody may hand in statements: they are believed for their signatures.
  [[nodiscard]] OrderBook& book() { return *book_; }

  /// Makes a key for a record, and on the way its case's and tenant's. Ordinary: needs nobody's signature,
  /// since it opens nothing that is there. Errors: kInvalidInput, kNotFound (the tenant is not known),
  /// kConflict (the case was destroyed, or the tenant removed), kLimitExceeded, kUnavailable (so many in this
  /// hour).
  Result<NewRecordKey> new_record_key(const RecordName& name);

  /// Gives keys out, or says why not. `evidence`: of the order, as OrderUse.
  Result<KeyAnswer> use(const SignedStatement& statement, const OrderEvidence& evidence);

  /// Does what custodians say. `backup`: with kRestore, the backup's text. A destruction that is handed in
  /// again gives its receipt again. Errors: kInvalidInput (not properly signed, stale), kConflict (handed in
  /// before, or so already), kNotFound.
  Result<OfficeReceipt> carry_out(const SignedStatement& statement, std::string_view backup = {});

  /// Entries for the log that are not settled, oldest first.
  Result<std::vector<PendingLogEntry>> pending(VaultSource source, std::size_t max);
  /// Believes that the log holds entry `id` only by a tlog-proof. False: the proof shows no such thing.
  /// Errors: kNotFound.
  Result<bool> settle(VaultSource source, std::int64_t id, std::string_view proof);

  /// Does what is due by the clock, and goes on with what is still to be erased. Call it every second or so.
  Result<void> tidy();

  static constexpr std::uint64_t kPagesMax = 1'000;
  static constexpr std::chrono::hours kPagedFor{72};
  /// The oldest page that is due. Each alarm that is told of makes one, and each freeze by a custodian, in
  /// the same transaction. Pages older than kPagedFor are dropped, and counted.
  Result<std::optional<VaultPage>> due_page();
  /// It was sent; or, with `after`, is to be sent again then. Errors: kNotFound.
  Result<void> settle_page(std::int64_t number, std::optional<std::chrono::milliseconds> after);
  Result<VaultPages> pages();

  Result<VaultStatus> status();
  /// Newest first.
  Result<std::vector<VaultAlarm>> alarms(std::size_t max);
  [[nodiscard]] VaultCounts counts();
  /// What an entry of the vault's own book stands for. Errors: kNotFound.
  Result<LogOpening> opening(std::int64_t entry);

 private:
  struct CaseKey {
    KeyBytes key;
    std::uint64_t records = 0;
  };
  struct SealedTenant {
    std::string tenant;
    std::uint64_t epoch = 0;
    std::string sealed;
  };
  struct Asked {  // A request whose signature holds.
    KeyUse use;
    std::string statement;
    Time now{};
    Time until{};  // It is not fresh at this time any more.
    std::vector<StatementSigner> signers;
  };
  KeyVault(Setup setup, Database database, std::unique_ptr<RatchetClock> clock,
           std::unique_ptr<OrderBook> book);

  // key_vault.cpp
  Result<Time> vault_time();
  Result<Time> advance();
  Result<VaultLimits> limits();
  Result<std::int64_t> tell(LogKind kind, Time now, Json record, std::uint64_t count = 1);
  Result<void> raise(VaultAlarm alarm);
  Result<void> commit(Transaction& transaction);

  // key_vault_keys.cpp
  Result<KeyBytes> tenant_key(std::string_view tenant, std::uint64_t epoch);
  Result<std::uint64_t> current_epoch(std::string_view tenant);  // 0: there is none.
  Result<std::uint64_t> new_epoch(std::string_view tenant, Time now);
  Result<std::optional<CaseKey>> case_key(std::string_view tenant, std::string_view case_id);
  Result<CaseKey> made_case_key(std::string_view tenant, std::string_view case_id, Time now);

  Result<bool> rewrap_some();

  // key_vault_tenants.cpp
  Result<void> check_tenant(std::string_view tenant);
  Result<void> count_made(std::string_view tenant, bool new_case, Time now);
  Result<void> add_tenant(std::string_view tenant, Time now);
  Result<std::uint64_t> remove_tenant(std::string_view tenant, Time now);

  // key_vault_chores.cpp
  Result<void> begin_erasing(Time now);
  Result<bool> finish_erasing(std::chrono::milliseconds wait);
  Result<bool> empty_journal(std::chrono::milliseconds wait);
  Result<std::uint64_t> bytes_pending();
  Result<void> end_freezes(Time now);
  Result<void> drop_what_is_over(Time now);
  Result<bool> erase_old(Time now);
  Result<std::uint64_t> erase_old_records(Time before, Time now);
  Result<std::optional<OfficeReceipt>> receipt_before(const SignedStatement& statement);
  Result<void> keep_receipt(const OfficeReceipt& receipt);

  // key_vault_use.cpp
  Result<std::optional<KeyRefusal>> refusal_of_signature(const SignedStatement& statement,
                                                         std::chrono::minutes fresh, Time now);
  Result<void> keep_said(const SignedStatement& statement, Time now);
  KeyAnswer refuse_silently(KeyRefusal why);
  Result<KeyAnswer> refuse_unsigned(KeyRefusal why, Time now);
  Result<KeyAnswer> refuse(const Asked& asked, KeyRefusal why, std::optional<OrderRefusal> by_order = {});
  Result<KeyAnswer> judge(const Asked& asked, const OrderEvidence& evidence);
  Result<bool> is_frozen(std::string_view person);
  Result<bool> is_any_frozen(const std::vector<StatementSigner>& people);
  Result<bool> freeze(std::string_view person, std::string_view why, Time now);
  Result<std::optional<OrderUse>> bound_use(const Asked& asked, const OrderEvidence& evidence);
  Result<std::optional<std::string>> touched_canary(const KeyUse& use);
  Result<bool> is_log_behind(const VaultLimits& limits, Time now);
  Result<GivenOut> given_out(const Asked& asked);
  Result<void> alarm_of_limit(const Asked& asked, KeyRefusal why);
  Result<std::uint64_t> refusals_in_hour(const Asked& asked);
  Result<void> freeze_flooder(const Asked& asked);
  Result<bool> is_flood(const Asked& asked, const VaultLimits& limits);
  Result<std::vector<KeyBytes>> opened(const Asked& asked, const KeyBytes& case_key);
  Result<KeyAnswer> give(const Asked& asked, std::string sealed);

  // key_vault_office.cpp
  Result<OfficeReceipt> do_office(const KeyOffice& office, const SignedStatement& statement,
                                  std::string_view backup, Time now);
  Result<std::uint64_t> do_it(const KeyOffice& office, std::string_view backup, Time now);
  Result<void> check_custodians_are_left(std::string_view person, Time now);
  Result<std::optional<Time>> freeze_by(std::string_view person, std::string_view who, Time now);
  Result<Time> freeze_alone(std::string_view person, std::string_view who, Time now);
  Result<std::uint64_t> destroy(const KeyOffice& office, Time now);
  Result<void> set_canary(const KeyOffice& office);

  // key_vault_copies.cpp
  Result<void> count_copy(Time now);
  Result<std::uint64_t> back_up(std::uint64_t page, std::string& out);
  Result<std::uint64_t> restore(std::string_view backup, std::string_view digest);
  Result<bool> restore_one(std::string_view line);

  // key_vault_pages.cpp
  Result<void> page(std::string_view kind, std::string_view detail, Time now);

  // key_vault_root.cpp
  Result<std::uint64_t> reroot(const KeyOffice& office);
  Result<std::vector<SealedTenant>> sealed_tenants();

  // key_vault_reads.cpp
  struct Unsettled {
    std::uint64_t count = 0;
    std::optional<Time> oldest;
  };
  Result<Unsettled> unsettled();
  Result<std::int64_t> number(std::string_view sql);

  std::mutex mutex_;  // Guards everything below.
  const std::filesystem::path folder_;
  const RootKey* root_;       // By which the vault is sealed now.
  const RootKey* next_root_;  // The other that there is; null: none.
  const std::unique_ptr<RatchetClock> clock_;
  TrustedLog log_;
  AlarmHook on_alarm_;
  Database database_;
  std::unique_ptr<OrderBook> book_;
  bool keeps_pages_;
  std::vector<VaultAlarm> to_tell_;  // Raised in the transaction under way.
  VaultCounts counts_;
  Time tidied_{};  // When what is old was last erased.
};

}  // namespace seawall
