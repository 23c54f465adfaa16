#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "seawall/http/multipart.h"
#include "seawall/media/decoder.h"
#include "seawall/service/call.h"
#include "seawall/service/hma_words.h"
#include "seawall/service/media_fetch.h"

namespace seawall {

/// A form that one of HMA's clients sent. Lifetime: the files lie in the call's body.
struct HmaForm {
  std::map<std::string, std::string, std::less<>> fields;  ///< Parts without a file's name.
  std::vector<FormPart> files;  ///< Those with one, and all that are called as a content type.
};

/// A file that was sent or named, to be hashed for the one signal type of its content.
struct HmaFile {
  HmaType type{};
  FetchedBytes fetched = {};             ///< Of a URL.
  std::span<const std::byte> sent = {};  ///< Of a form; lies in the call's body.

  [[nodiscard]] std::span<const std::byte> bytes() const {
    return fetched.size() != 0 ? fetched.bytes() : sent;
  }
};

/// Takes media as HMA's paths do, with their words for what is wrong, and hashes it. Nothing is looked up or
/// kept. Threads: any; blocks for fetches and decodes. Lifetime: borrows.
class HmaMedia {
 public:
  static constexpr std::size_t kUrlBytesMax = 2'048;

  HmaMedia(MediaDecoder& decoder, MediaFetch& fetch) : decoder_(decoder), fetch_(fetch) {}

  /// Fetches `url`. `content_type`: "photo", "video"; none: by what the remote says. `types`: which signal
  /// types are wanted. Errors: kInvalidInput, kLimitExceeded; none holds the address.
  HmaRead<HmaFile> fetched(const std::string& url, const std::optional<std::string>& content_type,
                           const std::optional<std::string>& types);
  /// Empty where the body is no form. Errors: kInvalidInput, kLimitExceeded.
  static HmaRead<HmaForm> form_of(const Call& call);
  /// The one file of a form; its field is named as its content type. Errors: kInvalidInput in HMA's words.
  static HmaRead<HmaFile> file_of(const HmaForm& form, const std::optional<std::string>& types);
  /// Both.
  static HmaRead<HmaFile> sent(const Call& call, const std::optional<std::string>& types);

  /// The file's hash as text; empty for a picture without detail. Errors: kInvalidInput (not a picture that
  /// is read), kLimitExceeded, kDecoderCrashed, kUnavailable.
  HmaRead<std::string> hash(const HmaFile& file);

 private:
  MediaDecoder& decoder_;
  MediaFetch& fetch_;
};

}  // namespace seawall
