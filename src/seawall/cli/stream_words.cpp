#include "seawall/cli/stream_words.h"

#include <algorithm>
#include <set>

#include "seawall/base/hex.h"
#include "seawall/cli/input_file.h"
#include "seawall/stream_families/stream_families.h"

namespace seawall::cli {
namespace {

constexpr std::uint64_t kStreamsFileBytesMax = 16 << 20;
constexpr std::size_t kStreamsMax = 4'096;
constexpr std::string_view kKeyWord = "key=";

bool is_address(std::string_view text) {
  const std::size_t end = text.find("://");
  return end != std::string_view::npos && end > 0 && text.find_first_of("=/ ") > end;
}

std::string_view take_word(std::string_view& line) {
  const std::size_t from = std::min(line.find_first_not_of(" \t"), line.size());
  line.remove_prefix(from);
  const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

Result<NamedStream> stream_of_line(std::string_view line) {
  NamedStream stream;
  stream.name = take_word(line);
  stream.settings.url = take_word(line);
  if (!is_address(stream.settings.url)) return fail(Code::kInvalidInput, "needs a name and an address");
  const std::string_view key = take_word(line);
  if (key.starts_with(kKeyWord)) {
    StreamKey bytes;
    if (!from_hex(key.substr(kKeyWord.size()), bytes.bytes))
      return fail(Code::kInvalidInput, "a key is key= and 32 hex digits");
    stream.settings.key = bytes;
  }
  if ((!key.empty() && !stream.settings.key) || !take_word(line).empty())
    return fail(Code::kInvalidInput, "has more than a name, an address and a key");
  return stream;
}

Result<void> add_from_file(const std::string& path, Console& console, std::vector<NamedStream>& streams) {
  SEAWALL_TRY(const InputFile file, InputFile::open(path, console));
  std::vector<std::byte> bytes;
  SEAWALL_CHECK(read_whole(file.fd(), path, kStreamsFileBytesMax, bytes));
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos || line[first] == '#') continue;
    auto stream = stream_of_line(line);
    if (!stream) {
      return tl::unexpected(std::move(stream).error().within(path + ", line " + std::to_string(number)));
    }
    streams.push_back(*std::move(stream));
  }
  return {};
}

}  // namespace

Result<NamedStream> named_stream(std::string_view text, std::size_t number) {
  NamedStream stream;
  stream.name = "stream " + std::to_string(number);
  if (!is_address(text)) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0 || !is_address(text.substr(equals + 1))) {
      return fail(Code::kInvalidInput, "stream " + std::to_string(number) + " is not an address (" +
                                           std::string(stream_schemes_text()) + ") or NAME=ADDRESS");
    }
    stream.name = text.substr(0, equals);
    text.remove_prefix(equals + 1);
  }
  stream.settings.url = text;
  return stream;
}

Result<std::vector<NamedStream>> named_streams(const Arguments& arguments, Console& console) {
  std::vector<NamedStream> streams;
  for (const std::string& text : arguments.positionals()) {
    SEAWALL_TRY(NamedStream stream, named_stream(text, streams.size() + 1));
    streams.push_back(std::move(stream));
  }
  for (const std::string& path : arguments.all("--streams")) {
    SEAWALL_CHECK(add_from_file(path, console, streams));
  }
  std::set<std::string_view> names;
  for (NamedStream& stream : streams) {
    stream.settings.fetch_keys = arguments.flag("--fetch-keys");
    if (!names.insert(stream.name).second)
      return fail(Code::kInvalidInput, "two streams are called " + stream.name);
  }
  if (streams.size() > kStreamsMax)
    return fail(Code::kLimitExceeded, "more than 4096 streams; start another process for the rest");
  return streams;
}

Result<Reach> stream_reach(const Arguments& arguments) {
  Reach reach{.public_only = true};
  for (const std::string& text : arguments.all("--allow-network")) {
    SEAWALL_TRY(const Network network, Network::from_text(text));
    reach.allowed_networks.push_back(network);
  }
  for (const std::string& text : arguments.all("--refuse-network")) {
    SEAWALL_TRY(const Network network, Network::from_text(text));
    reach.refused_networks.push_back(network);
  }
  return reach;
}

}  // namespace seawall::cli
