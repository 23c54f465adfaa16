#include "seawall/xml/stream.h"

#include <expat.h>

#include <deque>
#include <optional>

namespace seawall {
namespace {

constexpr std::size_t kChunkBytes = 16 * 1024;

std::string_view local(const char* name) {
  const std::string_view text(name);
  const std::size_t colon = text.rfind(':');
  return colon == std::string_view::npos ? text : text.substr(colon + 1);
}

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

}  // namespace

struct XmlStream::Impl {
  explicit Impl(ByteSource& bytes) : source(bytes), parser(XML_ParserCreate("UTF-8")) {
    if (!parser) {
      error = Error{Code::kLimitExceeded, "no memory for an XML parser"};
      return;
    }
    XML_SetUserData(parser.get(), this);
    XML_SetElementHandler(parser.get(), on_begin, on_end);
    XML_SetCharacterDataHandler(parser.get(), on_text);
    XML_SetStartDoctypeDeclHandler(parser.get(), on_doctype);
  }

  static void on_begin(void* self, const char* name, const char** attributes) {
    static_cast<Impl*>(self)->begin(name, attributes);
  }
  static void on_end(void* self, const char* name) { static_cast<Impl*>(self)->end(name); }
  static void on_text(void* self, const char* text, int size) {
    static_cast<Impl*>(self)->add_text({text, static_cast<std::size_t>(size)});
  }
  static void on_doctype(void* self, const char*, const char*, const char*, int) {
    static_cast<Impl*>(self)->stop(Code::kInvalidInput, "a document type declaration is not read here");
  }

  void stop(Code code, const std::string& what) {
    if (!error) error = Error{code, what + place()};
    XML_StopParser(parser.get(), XML_FALSE);
  }
  [[nodiscard]] std::string place() const {
    return " at line " + std::to_string(XML_GetCurrentLineNumber(parser.get()));
  }

  void begin(const char* name, const char** attributes) {
    if (texts.size() == kDepthMax) {
      return stop(Code::kLimitExceeded, "XML nested deeper than " + std::to_string(kDepthMax) + " elements");
    }
    texts.emplace_back();
    Event event;
    event.kind = Event::Kind::kBegin;
    event.name = local(name);
    for (; *attributes != nullptr; attributes += 2) {
      event.attributes.emplace_back(local(attributes[0]), attributes[1]);
    }
    events.push_back(std::move(event));
  }

  void end(const char* name) {
    if (texts.empty()) return;
    Event event;
    event.kind = Event::Kind::kEnd;
    event.name = local(name);
    event.text = std::move(texts.back());
    texts.pop_back();
    events.push_back(std::move(event));
  }

  void add_text(std::string_view text) {
    if (texts.empty()) return;
    if (texts.back().size() + text.size() > kTextBytesMax) {
      return stop(Code::kLimitExceeded,
                  "the text of an element has more than " + std::to_string(kTextBytesMax) + " bytes");
    }
    texts.back().append(text);
  }

  // Feeds one piece to the parser.
  Result<void> feed() {
    void* room = XML_GetBuffer(parser.get(), static_cast<int>(kChunkBytes));
    if (room == nullptr) return fail(Code::kLimitExceeded, "no memory to read XML");
    SEAWALL_TRY(const std::size_t count, source.read({static_cast<char*>(room), kChunkBytes}));
    // expat follows a mark of UTF-16 whatever encoding it is told to take.
    for (std::size_t i = 0; i < count && fed + i < 4; ++i) {
      const char c = static_cast<const char*>(room)[i];
      if (c == '\0' || c == '\xFE' || c == '\xFF') return fail(Code::kInvalidInput, "not XML in UTF-8");
    }
    fed += count;
    at_end = count == 0;
    const auto status = XML_ParseBuffer(parser.get(), static_cast<int>(count), at_end ? XML_TRUE : XML_FALSE);
    if (error) return tl::unexpected(*error);
    if (status != XML_STATUS_OK) {
      return fail(Code::kInvalidInput,
                  std::string("not XML: ") + XML_ErrorString(XML_GetErrorCode(parser.get())) + place());
    }
    // What the parser holds back because it is not whole yet: a tag that does not end.
    const auto taken = XML_GetCurrentByteIndex(parser.get());
    if (!at_end && taken >= 0 && fed - static_cast<std::uint64_t>(taken) > kTagBytesMax + kChunkBytes) {
      return fail(Code::kLimitExceeded,
                  "a tag has more than " + std::to_string(kTagBytesMax) + " bytes" + place());
    }
    return {};
  }

  ByteSource& source;
  std::unique_ptr<XML_ParserStruct, FreeParser> parser;
  std::deque<Event> events;
  std::vector<std::string> texts;  // Of the open elements, outermost first.
  Event current;
  std::optional<Error> error;
  std::uint64_t fed = 0;
  bool at_end = false;
};

XmlStream::XmlStream(ByteSource& source) : impl_(std::make_unique<Impl>(source)) {}
XmlStream::XmlStream(XmlStream&&) noexcept = default;
XmlStream::~XmlStream() = default;

Result<const XmlStream::Event*> XmlStream::next() {
  while (impl_->events.empty()) {
    if (impl_->error) return tl::unexpected(*impl_->error);
    if (impl_->at_end) {
      impl_->current = Event{};
      return &impl_->current;
    }
    // Events that came before a fault are given first: the fault stays for the call after them.
    if (auto fed = impl_->feed(); !fed) impl_->error = std::move(fed).error();
  }
  impl_->current = std::move(impl_->events.front());
  impl_->events.pop_front();
  return &impl_->current;
}

std::string_view XmlStream::Event::attribute(std::string_view wanted) const {
  for (const auto& [known, value] : attributes) {
    if (known == wanted) return value;
  }
  return {};
}

void append_xml_text(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\r':
        out += "&#13;";
        break;
      default:
        out += c;
    }
  }
}

bool is_xml_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') return false;
    const std::string_view three = text.substr(i, 3);
    if (three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF") return false;
  }
  return true;
}

}  // namespace seawall
