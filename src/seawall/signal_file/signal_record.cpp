#include "seawall/signal_file/signal_record.h"

#include <algorithm>
#include <span>
#include <string_view>

#include "seawall/base/hex.h"
#include "seawall/csv/csv.h"
#include "seawall/json/text.h"

namespace seawall {
namespace {

constexpr std::array<std::string_view, 6> kColumns{"id", "pdq", "quality", "md5", "sha1", "sha256"};

std::string pdq_cell(const SignalRecord& record) {
  std::string cell;
  for (const ListedPdq& pdq : record.pdq) {
    if (!cell.empty()) cell += ' ';
    cell += to_text(pdq.bits);
  }
  return cell;
}

// One number a hash, "?" where unknown; empty when all are.
std::string quality_cell(const SignalRecord& record) {
  const auto known = [](const ListedPdq& pdq) { return pdq.quality != ListedPdq::kQualityUnknown; };
  if (std::ranges::none_of(record.pdq, known)) return {};
  std::string cell;
  for (const ListedPdq& pdq : record.pdq) {
    if (!cell.empty()) cell += ' ';
    cell += known(pdq) ? std::to_string(pdq.quality) : "?";
  }
  return cell;
}

template <class Digest>
std::string digest_cell(const std::optional<Digest>& digest) {
  return digest ? to_hex(*digest) : std::string();
}

void append_member(std::string& out, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  out += ',';
  append_json_string(out, key);
  out += ':';
  append_json_string(out, value);
}

void append_pdq_members(std::string& out, const SignalRecord& record) {
  if (record.pdq.size() == 1) {
    append_member(out, "pdq", to_text(record.pdq[0].bits));
    if (record.pdq[0].quality == ListedPdq::kQualityUnknown) return;
    out += ",\"quality\":";
    append_json_number(out, record.pdq[0].quality);
    return;
  }
  if (record.pdq.empty()) return;
  std::string qualities;
  char separator = '[';
  out += ",\"pdq\":";
  for (const ListedPdq& pdq : record.pdq) {
    out += separator;
    append_json_string(out, to_text(pdq.bits));
    qualities += separator;
    if (pdq.quality == ListedPdq::kQualityUnknown) {
      qualities += "null";
    } else {
      append_json_number(qualities, pdq.quality);
    }
    separator = ',';
  }
  out += "]";
  if (!quality_cell(record).empty()) out.append(",\"quality\":").append(qualities).append("]");
}

}  // namespace

void SignalRecord::clear() {
  id.clear();
  pdq.clear();
  md5.reset();
  sha1.reset();
  sha256.reset();
  attributes.clear();
}

Result<void> check_id(std::string_view id) {
  if (id.empty()) return fail(Code::kInvalidInput, "the id is empty");
  if (id.size() > SignalRecord::kIdBytesMax) {
    return fail(Code::kInvalidInput, "the id is " + std::to_string(id.size()) + " bytes long, at most " +
                                         std::to_string(SignalRecord::kIdBytesMax) + " are allowed");
  }
  if (!is_utf8(id)) return fail(Code::kInvalidInput, "the id is not UTF-8");
  return {};
}

void append_record_ndjson(std::string& out, const SignalRecord& record) {
  out += "{\"id\":";
  append_json_string(out, record.id);
  append_pdq_members(out, record);
  append_member(out, "md5", digest_cell(record.md5));
  append_member(out, "sha1", digest_cell(record.sha1));
  append_member(out, "sha256", digest_cell(record.sha256));
  for (const auto& [name, value] : record.attributes) append_member(out, name, value);
  out += "}\n";
}

void append_record_csv(std::string& out, const SignalRecord& record,
                       const std::vector<std::string>& attributes) {
  const std::array<std::string, kColumns.size()> cells{record.id,
                                                       pdq_cell(record),
                                                       quality_cell(record),
                                                       digest_cell(record.md5),
                                                       digest_cell(record.sha1),
                                                       digest_cell(record.sha256)};
  std::vector<std::string_view> fields(cells.begin(), cells.end());
  for (const std::string& name : attributes) {
    const auto found =
        std::ranges::find(record.attributes, name, &std::pair<std::string, std::string>::first);
    fields.push_back(found == record.attributes.end() ? std::string_view() : std::string_view(found->second));
  }
  append_csv_row(out, fields);
}

void append_csv_header(std::string& out, const std::vector<std::string>& attributes) {
  std::vector<std::string_view> fields(kColumns.begin(), kColumns.end());
  fields.insert(fields.end(), attributes.begin(), attributes.end());
  append_csv_row(out, fields);
}

}  // namespace seawall
