#include <array>
#include <memory>

#include "seawall/exchange/detail/formats.h"
#include "seawall/exchange/detail/reader_base.h"
#include "seawall/exchange/detail/vics.h"
#include "seawall/json/stream.h"
#include "seawall/json/text.h"

namespace seawall::exchange_detail {
namespace {

constexpr std::string_view kPlace1 = "http://github.com/ICMEC/ProjectVic/DataModels/";
constexpr std::string_view kPlace2 = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/";
constexpr std::array<std::string_view, 4> kEditions{"US", "UK", "Default", "CUSTOM"};

class VicsReader final : public ReaderBase {
 public:
  VicsReader(ByteSource& source, VicsModel model) : stream_(source, kRecordBytesMax), model_(model) {}

 protected:
  Result<ExchangeOutcome> step(ExchangeRecord& record) override {
    for (;;) {
      switch (state_) {
        case State::kStart: {
          SEAWALL_CHECK(stream_.open_object());
          state_ = State::kTop;
          break;
        }
        case State::kTop: {
          SEAWALL_TRY(const bool ended, step_top());
          if (ended) return ExchangeOutcome{};
          break;
        }
        case State::kCases: {
          SEAWALL_TRY(const bool any, stream_.next_element());
          if (any) SEAWALL_CHECK(stream_.open_object());
          state_ = any ? State::kCase : State::kTop;
          break;
        }
        case State::kCase: {
          SEAWALL_CHECK(step_case());
          break;
        }
        case State::kMedia: {
          SEAWALL_TRY(const bool any, stream_.next_element());
          if (any) return read_media(record);
          state_ = context_.cases ? State::kCase : State::kTop;
          break;
        }
      }
    }
  }

 private:
  enum class State { kStart, kTop, kCases, kCase, kMedia };

  Result<void> read_context() {
    if (has_context_) return fail(Code::kInvalidInput, "the document names its data model twice");
    SEAWALL_TRY(const JsonStream::Value value, stream_.capture());
    SEAWALL_TRY(const std::string text, json_value_text(value.text));
    SEAWALL_TRY(context_, vics_context_from_text(text));
    if (context_.model != model_) {
      const bool is_2 = context_.model == VicsModel::k2;
      return fail(Code::kUnsupported, std::string("the document is VICS ") + (is_2 ? "2.0" : "1.x") +
                                          ": read it as vics-" + (is_2 ? "2.0" : "1.3"));
    }
    has_context_ = true;
    document_.edition = context_.edition;
    return {};
  }

  /// True at the end of the document.
  Result<bool> step_top() {
    std::string_view name;
    SEAWALL_TRY(const bool any, stream_.next_member(name));
    if (!any) {
      SEAWALL_CHECK(stream_.finish());
      if (!seen_value_) return fail(Code::kInvalidInput, "not a VICS document: it has no member \"value\"");
      return true;
    }
    if (name == "odata.metadata" || name == "@odata.context" || name == "odata.context") {
      SEAWALL_CHECK(read_context());
      return false;
    }
    if (name != "value") {
      SEAWALL_CHECK(stream_.skip());
      return false;
    }
    if (!has_context_) {
      return fail(Code::kInvalidInput,
                  "not a VICS document: no odata.metadata or @odata.context stands before \"value\"");
    }
    if (seen_value_) return fail(Code::kInvalidInput, "the document has two members \"value\"");
    seen_value_ = true;
    SEAWALL_CHECK(stream_.open_array());
    state_ = context_.cases ? State::kCases : State::kMedia;
    return false;
  }

  Result<void> step_case() {
    std::string_view name;
    SEAWALL_TRY(const bool any, stream_.next_member(name));
    if (!any) {
      state_ = State::kCases;
      return {};
    }
    if (name != "Media") return stream_.skip();
    SEAWALL_TRY(const char first, stream_.peek());
    if (first != '[') return stream_.skip();
    SEAWALL_CHECK(stream_.open_array());
    state_ = State::kMedia;
    return {};
  }

  Result<ExchangeOutcome> read_media(ExchangeRecord& record) {
    ++ordinal_;
    SEAWALL_TRY(const JsonStream::Value value, stream_.capture());
    if (value.too_large) {
      return refused("record " + std::to_string(ordinal_), "record_too_large",
                     "the record has more than " + std::to_string(kRecordBytesMax) + " bytes");
    }
    return media_.read(value.text, context_, ordinal_, record, document_.left_aside);
  }

  JsonStream stream_;
  VicsMediaReader media_;
  VicsModel model_;
  VicsContext context_;
  State state_ = State::kStart;
  bool has_context_ = false;
  bool seen_value_ = false;
  std::uint64_t ordinal_ = 0;
};

class VicsWriter final : public ExchangeWriter {
 public:
  VicsWriter(ByteSink& sink, VicsContext context) : out_(sink), context_(std::move(context)) {
    out_.text() += context_.model == VicsModel::k1 ? "{\"odata.metadata\":" : "{\"@odata.context\":";
    append_json_string(out_.text(), vics_context_text(context_));
    out_.text() += ",\"value\":[";
  }

  Result<void> add(const ExchangeRecord& record, std::vector<std::string>& losses) override {
    SEAWALL_CHECK(check_record(record));
    Losses lost(losses);
    if (record.withdrawn) {
      lost.add("withdrawn");
      return {};
    }
    if (!has_vics_signal(record.content.signals)) {
      lost.add("record");
      return {};
    }
    out_.text() += count_ == 0 ? "\n" : ",\n";
    append_vics_media(out_.text(), record, context_, ++count_, lost);
    return out_.flush_if_full();
  }

  Result<void> finish() override {
    out_.text() += "\n]}\n";
    return out_.flush();
  }

 private:
  BufferedSink out_;
  VicsContext context_;
  std::uint64_t count_ = 0;
};

class VicsFormat final : public ExchangeFormat {
 public:
  explicit VicsFormat(VicsModel model) : model_(model) {}
  [[nodiscard]] std::string_view name() const override {
    return model_ == VicsModel::k1 ? "vics-1.3" : "vics-2.0";
  }
  [[nodiscard]] std::string_view description() const override {
    return model_ == VicsModel::k1 ? "Project VIC, data models 1.0 to 1.3 (JSON)"
                                   : "Project VIC, data model 2.0 (JSON)";
  }
  Result<std::unique_ptr<ExchangeReader>> reader(ByteSource& source,
                                                 const ExchangeReadOptions&) const override {
    return std::make_unique<VicsReader>(source, model_);
  }
  Result<std::unique_ptr<ExchangeWriter>> writer(ByteSink& sink,
                                                 const ExchangeWriteOptions& options) const override {
    VicsContext context{model_, "1.3", false};
    if (model_ == VicsModel::k2) {
      const std::string edition = options.edition.empty() ? "Default" : options.edition;
      if (std::ranges::find(kEditions, edition) == kEditions.end()) {
        return fail(Code::kInvalidInput, "an edition of VICS 2.0 is US, UK, Default or CUSTOM");
      }
      context.edition = "2.0/" + edition;
    }
    return std::make_unique<VicsWriter>(sink, std::move(context));
  }

 private:
  VicsModel model_;
};

}  // namespace

Result<VicsContext> vics_context_from_text(std::string_view text) {
  constexpr std::string_view kModels = "/DataModels/";
  const std::size_t at = text.find(kModels);
  const std::size_t hash = text.find('#');
  if (at == std::string_view::npos || hash == std::string_view::npos || hash < at) {
    return fail(Code::kInvalidInput, "not a VICS document: its context names no data model of Project VIC");
  }
  const std::string_view model = text.substr(at + kModels.size(), hash - at - kModels.size());
  const std::string_view kind = text.substr(hash + 1);
  VicsContext context;
  context.cases = kind == "Cases";
  if (!context.cases && kind != "Media") {
    return fail(Code::kUnsupported, "a VICS document of another kind than Media and Cases");
  }
  if (model == "1.0.xml" || model == "1.1.xml" || model == "1.2.xml" || model == "1.3.xml") {
    context.edition = model.substr(0, 3);
    return context;
  }
  for (const std::string_view edition : kEditions) {
    if (model != "2.0.xml/" + std::string(edition) + "/$metadata") continue;
    context.model = VicsModel::k2;
    context.edition = "2.0/" + std::string(edition);
    return context;
  }
  return fail(Code::kUnsupported,
              "a data model of Project VIC that is not read here: those are 1.0 to 1.3, and 2.0 as US, UK, "
              "Default and CUSTOM");
}

std::string vics_context_text(const VicsContext& context) {
  const std::string kind = context.cases ? "#Cases" : "#Media";
  if (context.model == VicsModel::k1) return std::string(kPlace1) + context.edition + ".xml" + kind;
  return std::string(kPlace2) + context.edition.substr(4) + "/$metadata" + kind;
}

std::string vics_category_prefix(const VicsContext& context) {
  return context.model == VicsModel::k1 ? "vics-1/" : "vics-" + context.edition + "/";
}

const ExchangeFormat& vics_1_3_format() {
  static const VicsFormat format(VicsModel::k1);
  return format;
}
const ExchangeFormat& vics_2_0_format() {
  static const VicsFormat format(VicsModel::k2);
  return format;
}

}  // namespace seawall::exchange_detail
