#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "seawall/exchange/detail/json_page.h"
#include "seawall/exchange/detail/vics.h"

/// ThreatExchange's pages: docs/formats/exchange-threatexchange.md.
namespace seawall::exchange_detail {

/// One type of indicator, and what it says of the media.
struct ThreatType {
  std::string_view name;
  SignalType signal;
  std::string_view media_type;
};
[[nodiscard]] std::span<const ThreatType> threat_types();

/// Whether `text` is an application's number, a colon and a status: what the attribute "opinions" holds,
/// parted by blanks.
[[nodiscard]] bool is_opinion(std::string_view text);

/// Reads pages of /threat_updates and of /threat_descriptors. Threads: one.
class ThreatExchangeReader final : public JsonPageReader {
 public:
  explicit ThreatExchangeReader(ByteSource& source) : JsonPageReader(source, "data") {}

 protected:
  Result<void> on_member(std::string_view name, std::string_view json) override;
  ExchangeOutcome on_record(std::string_view json, ExchangeRecord& record, std::string place) override;
  Result<void> on_end(bool seen_list) override;

 private:
  struct Opinion {
    std::string owner;
    std::string status;
  };
  void set(RecordDraft& draft, const JsonMember& member);
  void set_tags(RecordDraft& draft, const JsonMember& member);
  void set_descriptors(RecordDraft& draft, const JsonMember& member);
  void set_opinion(RecordDraft& draft, const Opinion& opinion);
  void set_signal(RecordDraft& draft);
  Result<void> read_descriptor(RecordDraft& draft);
  Result<void> read_owner(Opinion& opinion);

  JsonObjectReader objects_;
  std::string next_;
  std::string after_;
  std::string type_;
  std::string indicator_;
  std::string opinions_;
  Opinion own_;  // Of a record that is a descriptor itself.
  bool should_delete_ = false;
  bool seen_descriptors_ = false;
  bool is_descriptor_ = false;
  std::size_t opinion_count_ = 0;
  std::size_t denials_ = 0;
};

}  // namespace seawall::exchange_detail
