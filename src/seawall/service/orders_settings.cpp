#include "seawall/service/orders_settings.h"

#include "seawall/orders/order_book.h"

namespace seawall {
namespace {

constexpr std::size_t kKeysMax = 64;

Result<std::vector<tlog::VerifierKey>> keys_from(TomlTable& table, const char* name, tlog::KeyType type) {
  SEAWALL_TRY(const auto texts, table.texts(name, kKeysMax));
  std::vector<tlog::VerifierKey> keys;
  for (const std::string& text : texts) {
    auto key = tlog::VerifierKey::parse(text);
    if (!key || key->type() != type) {
      return table.wrong(name, "write public keys of this kind as `seawall log keygen` prints them");
    }
    keys.push_back(*std::move(key));
  }
  return keys;
}

Result<std::optional<Sha256>> roster_from(TomlTable& table) {
  SEAWALL_TRY(const auto text, table.text("roster"));
  if (!text) return std::nullopt;
  const auto id = roster_id_from(*text);
  if (!id) return table.wrong("roster", id.error().message);
  return *id;
}

}  // namespace

Result<OrdersSettings> orders_settings_from(TomlTable& table) {
  OrdersSettings out;
  SEAWALL_TRY(const auto book, table.text("book"));
  SEAWALL_TRY(const auto log, table.text("log"));
  if (!book) return table.wrong("book", "name the folder of the order book");
  if (!log) return table.wrong("log", "name the folder of the transparency log");
  out.book = *book;
  out.log = *log;
  SEAWALL_TRY(out.roster, roster_from(table));
  SEAWALL_TRY(out.trust.log, keys_from(table, "log_keys", tlog::KeyType::kEd25519));
  if (out.trust.log.empty()) return table.wrong("log_keys", "name the public key of the log");
  SEAWALL_TRY(const auto origin, table.text("origin"));
  out.trust.origin = origin.value_or(out.trust.log.front().name());
  SEAWALL_TRY(out.trust.witnesses, keys_from(table, "witness_keys", tlog::KeyType::kCosignature));
  SEAWALL_TRY(const auto quorum, table.number("quorum", 0, kKeysMax));
  out.trust.quorum = quorum ? static_cast<std::size_t>(*quorum) : out.trust.witnesses.size();
  if (out.trust.quorum > out.trust.witnesses.size()) {
    return table.wrong("quorum", "it asks for more witnesses than witness_keys names");
  }
  SEAWALL_CHECK(table.finish());
  return out;
}

}  // namespace seawall
