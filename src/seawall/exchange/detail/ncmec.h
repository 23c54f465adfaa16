#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seawall/exchange/detail/reader_base.h"
#include "seawall/exchange/detail/record_draft.h"
#include "seawall/xml/stream.h"

/// NCMEC Hash Sharing v2: docs/formats/exchange-ncmec.md.
namespace seawall::exchange_detail {

/// Without XML's white space around it.
[[nodiscard]] std::string_view trimmed_xml(std::string_view text);
[[nodiscard]] bool is_ncmec_class(std::string_view value);

/// Reads one page of entries. Threads: one.
class NcmecReader final : public ReaderBase {
 public:
  explicit NcmecReader(ByteSource& source) : xml_(source) {}

 protected:
  Result<ExchangeOutcome> step(ExchangeRecord& record) override;

 private:
  struct Entry {
    bool deleted = false;
    bool is_video = false;
    bool too_many = false;
    std::string member;
    std::string id;
    std::string timestamp;
    std::string classification;
    std::string categorizations;
    std::vector<std::pair<std::string, std::string>> fingerprints;
    std::size_t bytes = 0;
  };
  void on_begin(const XmlStream::Event& event);
  void on_end(const XmlStream::Event& event);
  void begin_entry(const XmlStream::Event& event);
  void add_fingerprint(const XmlStream::Event& event);
  void set_fingerprint(RecordDraft& draft, const std::string& name, const std::string& text);
  ExchangeOutcome read_entry(ExchangeRecord& record);

  XmlStream xml_;
  std::vector<std::string> path_;
  std::size_t depth_ = 0;
  bool in_entry_ = false;
  bool has_address_ = false;
  Entry entry_;
  std::uint64_t ordinal_ = 0;
};

}  // namespace seawall::exchange_detail
