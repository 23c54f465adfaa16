#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "seawall/model/bank_action.h"
#include "seawall/model/list_ids.h"

namespace seawall {

/// Who did something and why: kept with every change.
struct Authorship {
  static constexpr std::size_t kWhoBytesMax = 200;
  static constexpr std::size_t kWhyBytesMax = 2000;

  std::string who;  ///< An account, never empty.
  std::string why;  ///< Never empty.
  Time when{};
  friend bool operator==(const Authorship&, const Authorship&) = default;
};

enum class BankKind : std::uint8_t {
  kListed = 1,    ///< Content to act on.
  kHarmless = 2,  ///< A negative bank: known harmless look-alikes, whose matches overrule those of others.
};

/// A bank of the list store: a named set of listed content with one purpose, one owner, one default action.
struct ListBank {
  static constexpr std::size_t kNameBytesMax = 200;

  BankId id{};
  std::string tenant = "default";  ///< 1 to 200 bytes; (tenant, name) is unique.
  std::string name;
  std::string purpose;
  std::string owner;
  BankKind kind = BankKind::kListed;
  BankAction action = BankAction::kBlock;
  int radius_bits = kPdqRadiusDefault;  ///< 0..256, inclusive.
  bool two_person = true;               ///< Activating and withdrawing need a second person.
  bool active = true;                   ///< Off: none of it is enforced.
  std::optional<Time> expires_at;       ///< From then on as if not active.
  std::uint64_t version = 0;            ///< The list version that made it as it is.
  friend bool operator==(const ListBank&, const ListBank&) = default;
};

/// Where entries come from: an exchange, a file that somebody brings, or a person.
struct Source {
  SourceId id{};
  std::string name;  ///< Unique; 1 to 200 bytes.
  std::string kind;  ///< The exchange format's name, or "manual".
  friend bool operator==(const Source&, const Source&) = default;
};

}  // namespace seawall
