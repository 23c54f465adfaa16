#include "seawall/remote_lookup/detail/question.h"

#include <algorithm>
#include <utility>

#include "seawall/base/hex.h"
#include "seawall/json/text.h"
#include "seawall/model/signal.h"

namespace seawall::remote_lookup {
namespace {

void append_digests(std::string& out, const FileDigests& digests) {
  out.append("\"sha256\":\"").append(to_hex(digests.sha256));
  out.append("\",\"sha1\":\"").append(to_hex(digests.sha1));
  out.append("\",\"md5\":\"").append(to_hex(digests.md5)).append("\"");
}

/// The hashes from `begin`, at most kItemHashesMax; moves `begin` behind them.
std::string hashes_json(const std::vector<const VariantHash*>& hashes, std::size_t& begin) {
  const std::size_t end = std::min(hashes.size(), begin + kItemHashesMax);
  std::string pdq;
  std::string quality;
  for (; begin < end; ++begin) {
    if (!pdq.empty()) {
      pdq += ',';
      quality += ',';
    }
    pdq.append("\"").append(to_text(hashes[begin]->hash.bits)).append("\"");
    append_json_number(quality, hashes[begin]->hash.quality);
  }
  return pdq.empty() ? "" : "\"pdq\":[" + pdq + "],\"quality\":[" + quality + "]";
}

}  // namespace

Result<std::vector<QuestionItem>> question_of(const MediaSignals& signals) {
  std::vector<const VariantHash*> hashes;
  std::vector<HashOrigin> origins;
  for (const FrameSignals& frame : signals.frames) {
    for (const VariantHash& hash : frame.variants) {
      hashes.push_back(&hash);
      origins.push_back({hash.variant.name(), frame.index});
    }
  }
  if (hashes.size() > kRequestHashesMax) {
    return fail(Code::kLimitExceeded,
                "the file has " + std::to_string(hashes.size()) + " hashes, and a service takes " +
                    std::to_string(kRequestHashesMax) + " at once; look for fewer alterations (--variants)");
  }
  std::vector<QuestionItem> items;
  std::size_t at = 0;
  do {
    const std::size_t begin = at;
    const std::string pdq = hashes_json(hashes, at);
    QuestionItem item;
    item.json = "{\"signals\":{" + pdq;
    if (items.empty()) {
      if (!pdq.empty()) item.json += ',';
      append_digests(item.json, signals.digests);
    }
    item.json += "}}";
    item.origins.assign(origins.begin() + static_cast<std::ptrdiff_t>(begin),
                        origins.begin() + static_cast<std::ptrdiff_t>(at));
    items.push_back(std::move(item));
  } while (at < hashes.size());
  return items;
}

std::string body_of(const std::vector<const QuestionItem*>& items, const int* radius_bits) {
  std::string body = "{\"items\":[";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) body += ',';
    body += items[i]->json;
  }
  body += ']';
  if (radius_bits != nullptr) body += ",\"radius\":" + std::to_string(*radius_bits);
  return body + "}";
}

}  // namespace seawall::remote_lookup
