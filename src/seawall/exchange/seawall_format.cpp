#include <algorithm>
#include <charconv>
#include <memory>

#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/base/line_reader.h"
#include "seawall/crypto/sha256.h"
#include "seawall/crypto/signing.h"
#include "seawall/exchange/detail/formats.h"
#include "seawall/exchange/detail/own_json.h"
#include "seawall/exchange/detail/reader_base.h"
#include "seawall/json/text.h"
#include "seawall/model/time_text.h"

namespace seawall::exchange_detail {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kKind = "seawall-list";
constexpr std::string_view kTrailerStart = "{\"end\":true,";

/// What is signed: the name of the format keeps the signature from meaning anything else.
std::string signed_text(const Sha256& digest, std::uint64_t count) {
  return "seawall-list-v1\n" + to_hex(digest) + "\n" + std::to_string(count) + "\n";
}

Result<void> read_number(std::string_view text, std::uint64_t& number) {
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec == std::errc() && read.ptr == end) return {};
  return fail(Code::kInvalidInput, "a version or count of the list is no number");
}

bool is_chain(std::string_view text) {
  Sha256 chain;
  return text.empty() || from_hex(text, chain).has_value();
}

bool makes_sense(const ExchangeDocument& document) {
  return document.from_version <= document.to_version && is_chain(document.from_chain) &&
         is_chain(document.to_chain);
}

class SeawallReader final : public ReaderBase {
 public:
  SeawallReader(ByteSource& source, VerifyingKey key)
      : lines_(source, kOwnRecordBytesMax), key_(std::move(key)) {}

 protected:
  Result<ExchangeOutcome> step(ExchangeRecord& record) override {
    if (lines_.line_number() == 0) SEAWALL_CHECK(read_header());
    SEAWALL_TRY(const std::string_view line, next_line());
    if (line.starts_with(kTrailerStart)) {
      SEAWALL_CHECK(read_trailer(line));
      return ExchangeOutcome{};
    }
    digest(line);
    ++count_;
    return objects_.read(line, record, "line " + std::to_string(lines_.line_number()));
  }

 private:
  Result<std::string_view> next_line() {
    std::span<char> bytes;
    auto any = lines_.next(bytes);
    // A line that cannot be kept cannot be checked against the signature either.
    if (!any) {
      return tl::unexpected(std::move(any).error().within("line " + std::to_string(lines_.line_number())));
    }
    if (!*any) return fail(Code::kInvalidInput, "the list ends without its trailer: it is not whole");
    return std::string_view(bytes.data(), bytes.size());
  }

  void digest(std::string_view line) {
    digester_.update(line);
    digester_.update("\n");
  }

  Result<void> set_header(const JsonMember& member) {
    const std::string_view name = member.key;
    if (name == "format") kind_ = member.text;
    if (name == "edition") document_.edition = member.text;
    if (name == "issuer") document_.body = member.text;
    if (name == "bank") document_.bank = member.text;
    if (name == "from_chain") document_.from_chain = member.text;
    if (name == "to_chain") document_.to_chain = member.text;
    if (name == "more") more_ = member.text == "true";
    if (name == "from_version") return read_number(member.text, document_.from_version);
    if (name == "to_version") return read_number(member.text, document_.to_version);
    return {};
  }

  Result<void> read_header() {
    SEAWALL_TRY(std::string_view line, next_line());
    if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    const auto read = header_.read(line, [&](const JsonMember& member) { return set_header(member); });
    if (!read || kind_ != kKind)
      return fail(Code::kInvalidInput, "line 1 is not the header of a Seawall list");
    if (document_.edition != "1") {
      return fail(Code::kUnsupported, "a Seawall list of an edition that is not read here");
    }
    if (!makes_sense(document_)) {
      return fail(Code::kInvalidInput, "line 1: the versions or chains of the list make no sense");
    }
    digest(line);
    return {};
  }

  Result<void> read_trailer(std::string_view line) {
    std::uint64_t count = 0;
    std::string sha256;
    std::string signature;
    SEAWALL_CHECK(header_.read(line, [&](const JsonMember& member) -> Result<void> {
      if (member.key == "count") return read_number(member.text, count);
      if (member.key == "sha256") sha256 = member.text;
      if (member.key == "signature") signature = member.text;
      return {};
    }));
    const Sha256 digest = digester_.finish();
    if (count != count_) return fail(Code::kCorrupt, "the list has not as many records as its trailer says");
    if (sha256 != to_hex(digest)) {
      return fail(Code::kCorrupt, "the list is not the one that its trailer describes");
    }
    const auto bytes = from_base64(signature);
    Signature raw;
    if (!bytes || bytes->size() != raw.size()) return fail(Code::kCorrupt, "the list has no signature");
    std::ranges::copy(std::as_bytes(std::span(*bytes)), raw.begin());
    if (!key_.verifies(signed_text(digest, count_), raw)) {
      return fail(Code::kCorrupt, "the signature of the list is not of the issuer's key");
    }
    std::span<char> rest;
    SEAWALL_TRY(const bool more, lines_.next(rest));
    if (more) return fail(Code::kCorrupt, "something follows the trailer of the list");
    if (more_) document_.continuation = std::to_string(document_.to_version);
    return {};
  }

  LineReader lines_;
  VerifyingKey key_;
  Sha256Hasher digester_;
  OwnJsonReader objects_;
  JsonObjectReader header_;
  std::string kind_;
  bool more_ = false;
  std::uint64_t count_ = 0;
};

std::string header_line(const ExchangeWriteOptions& options) {
  const ExchangeDocument& document = options.document;
  std::string line = "{\"format\":\"" + std::string(kKind) + "\",\"edition\":1,\"issuer\":";
  append_json_string(line, options.body);
  line += ",\"bank\":";
  append_json_string(line, document.bank);
  line += ",\"from_version\":" + std::to_string(document.from_version);
  line += ",\"to_version\":" + std::to_string(document.to_version);
  line += ",\"from_chain\":\"" + document.from_chain + "\",\"to_chain\":\"" + document.to_chain + "\"";
  line += ",\"written_at\":\"" + to_text(options.now) + "\",\"more\":";
  line += document.continuation.empty() ? "false}\n" : "true}\n";
  return line;
}

class SeawallWriter final : public ExchangeWriter {
 public:
  SeawallWriter(ByteSink& sink, SigningKey key, const ExchangeWriteOptions& options)
      : out_(sink), key_(std::move(key)) {
    append(header_line(options));
  }

  Result<void> add(const ExchangeRecord& record, std::vector<std::string>& losses) override {
    SEAWALL_CHECK(check_record(record));
    Losses lost(losses);
    line_.clear();
    append_record_json(line_, record, lost);
    line_ += '\n';
    append(line_);
    ++count_;
    return out_.flush_if_full();
  }

  Result<void> finish() override {
    const Sha256 digest = digester_.finish();
    SEAWALL_TRY(const Signature signature, key_.sign(signed_text(digest, count_)));
    const std::string raw(reinterpret_cast<const char*>(signature.data()), signature.size());
    out_.text() += std::string(kTrailerStart) + "\"count\":" + std::to_string(count_) + ",\"sha256\":\"" +
                   to_hex(digest) + "\",\"signature\":\"" + to_base64(raw) + "\"}\n";
    return out_.flush();
  }

 private:
  void append(std::string_view text) {
    digester_.update(text);
    out_.text() += text;
  }

  BufferedSink out_;
  SigningKey key_;
  Sha256Hasher digester_;
  std::string line_;
  std::uint64_t count_ = 0;
};

class SeawallFormat final : public ExchangeFormat {
 public:
  [[nodiscard]] std::string_view name() const override { return "seawall"; }
  [[nodiscard]] std::string_view description() const override {
    return "Seawall to Seawall: signed, by list versions, with tombstones (NDJSON)";
  }
  Result<std::unique_ptr<ExchangeReader>> reader(ByteSource& source,
                                                 const ExchangeReadOptions& options) const override {
    auto key = VerifyingKey::from_pem(options.public_key_pem);
    if (!key) {
      return tl::unexpected(
          std::move(key).error().within("a signed list is read with the issuer's public key"));
    }
    return std::make_unique<SeawallReader>(source, *std::move(key));
  }
  Result<std::unique_ptr<ExchangeWriter>> writer(ByteSink& sink,
                                                 const ExchangeWriteOptions& options) const override {
    auto key = SigningKey::from_pem(options.private_key_pem);
    if (!key) {
      return tl::unexpected(std::move(key).error().within("a signed list is written with a private key"));
    }
    if (!makes_sense(options.document)) {
      return fail(Code::kInvalidInput,
                  "a list goes from a version to the same or a later one; its chains are 64 hex digits");
    }
    return std::make_unique<SeawallWriter>(sink, *std::move(key), options);
  }
};

}  // namespace

const ExchangeFormat& seawall_format() {
  static const SeawallFormat format;
  return format;
}

}  // namespace seawall::exchange_detail
