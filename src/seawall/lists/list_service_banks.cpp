#include "seawall/lists/list_service.h"
#include "seawall/store/content_check.h"

namespace seawall {
namespace {

bool enforces_alike(const ListBank& a, const ListBank& b) {
  return a.action == b.action && a.radius_bits == b.radius_bits && a.two_person == b.two_person &&
         a.active == b.active && a.expires_at == b.expires_at;
}

Result<void> check_harmless(const ListBank& bank) {
  if (bank.kind != BankKind::kHarmless || bank.two_person) return {};
  return fail(Code::kInvalidInput, "a harmless bank overrules others, so it always needs two persons");
}

}  // namespace

ListResult<BankId> ListService::make_bank(const ListBank& bank, const Actor& by) {
  SEAWALL_CHECK(check_actor(by));
  SEAWALL_CHECK(check_bank(bank));
  SEAWALL_CHECK(check_harmless(bank));
  SEAWALL_TRY(const auto change, store_.change());
  SEAWALL_TRY(const BankId id, change->add_bank(bank, stamp(by)));
  SEAWALL_CHECK(change->commit());
  return id;
}

ListResult<ChangeOutcome> ListService::alter_bank(const ListBank& wanted, const Actor& by) {
  SEAWALL_CHECK(check_actor(by));
  SEAWALL_CHECK(check_bank(wanted));
  SEAWALL_CHECK(check_harmless(wanted));
  SEAWALL_TRY(const ListBank bank, rename_bank(wanted, by));
  if (enforces_alike(bank, wanted)) {
    SEAWALL_TRY(const auto view, store_.view());
    SEAWALL_TRY(const ListVersion version, view->version());
    return ChangeOutcome{true, std::nullopt, 0, version};
  }
  return ask_or_do(bank.id,
                   WantedBank{bank.id, bank.version, wanted.action, wanted.radius_bits, wanted.two_person,
                              wanted.active, wanted.expires_at},
                   by);
}

ListResult<ListBank> ListService::rename_bank(const ListBank& wanted, const Actor& by) {
  SEAWALL_TRY(const auto change, store_.change());
  SEAWALL_TRY(auto bank, change->bank(wanted.id));
  if (!bank) return fail(Code::kNotFound, "there is no such bank");
  if (bank->version != wanted.version) {
    return breaks(ListRule::kStale, "the bank has changed since it was read: read it again");
  }
  if (bank->kind != wanted.kind || bank->tenant != wanted.tenant) {
    return fail(Code::kInvalidInput, "a bank keeps its kind and its tenant: make another bank");
  }
  ListBank named = *bank;
  named.name = wanted.name;
  named.purpose = wanted.purpose;
  named.owner = wanted.owner;
  if (named == *bank) return named;
  SEAWALL_CHECK(change->set_bank(named, stamp(by)));
  SEAWALL_TRY(bank, change->bank(wanted.id));
  SEAWALL_CHECK(change->commit());
  return *std::move(bank);
}

ListResult<SourceId> ListService::ensure_source(std::string_view name, std::string_view kind,
                                                const Actor& by) {
  SEAWALL_CHECK(check_actor(by));
  const Source source{SourceId{}, std::string(name), std::string(kind)};
  SEAWALL_CHECK(check_source(source));
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(auto known, view->source_named(name));
  if (!known) {
    SEAWALL_TRY(const auto change, store_.change());
    SEAWALL_TRY(known, change->source_named(name));
    if (!known) {
      SEAWALL_TRY(const SourceId id, change->add_source(source, stamp(by)));
      SEAWALL_CHECK(change->commit());
      return id;
    }
  }
  if (known->kind != kind) {
    return fail(Code::kConflict, "a source of that name is there already, of kind " + known->kind);
  }
  return known->id;
}

}  // namespace seawall
