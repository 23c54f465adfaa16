#include "seawall/tlog_publish/head_signer.h"

#include <charconv>

#include "seawall/tlog/witness_request.h"

namespace seawall {
namespace {

constexpr int kSigned = 200;
constexpr int kForbidden = 403;
constexpr int kStale = 409;
constexpr int kInconsistent = 422;
constexpr std::uint64_t kAnswerBytesMax = 64 * 1024;

tl::unexpected<Error> refused(int status) {
  const std::string number = std::to_string(status);
  if (status == kForbidden) {
    return fail(Code::kConflict, "answers 403: it knows other keys of this log; compare them");
  }
  if (status == kInconsistent) {
    return fail(Code::kConflict,
                "answers 422: this log does not continue what it signed before; stop, and find out why");
  }
  return fail(Code::kUnavailable, "answers " + number);
}

tl::unexpected<Error> lost(std::uint64_t signed_size, std::uint64_t size) {
  return fail(Code::kConflict, "has signed " + std::to_string(signed_size) +
                                   " entries of this log, which has " + std::to_string(size) +
                                   ": this log lost what it had, or is not the one; stop, and find out why");
}

}  // namespace

Result<FetchResponse> HeadSigner::ask(const tlog::SignedNote& note, Prove prove,
                                      std::chrono::milliseconds deadline) {
  tlog::WitnessRequest request{.old_size = signed_size_, .proof = {}, .checkpoint = tlog::print_note(note)};
  if (signed_size_ > 0) {
    SEAWALL_TRY(request.proof, prove(signed_size_));
  }
  FetchRequest post;
  post.method = FetchMethod::kPost;
  post.url = place_.url + "/add-checkpoint";
  post.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  post.body = tlog::print_witness_request(request);
  post.deadline = deadline;
  post.connect_deadline = deadline;
  post.response_bytes_max = kAnswerBytesMax;
  return fetcher_.fetch(post, {});
}

Result<void> HeadSigner::learn_size(const FetchResponse& response, std::uint64_t size) {
  SEAWALL_TRY(const std::string body, response.body->text(kAnswerBytesMax));
  std::uint64_t known = 0;
  const auto error = std::from_chars(body.data(), body.data() + body.size(), known).ec;
  if (error != std::errc{} || body != std::to_string(known) + "\n") {
    return fail(Code::kInvalidInput,
                "answers 409 without a size: it knows another tree of this size, or is no witness");
  }
  if (known > size) return lost(known, size);
  signed_size_ = known;
  return {};
}

Result<tlog::NoteSignature> HeadSigner::read(const FetchResponse& response, const std::string& text) const {
  SEAWALL_TRY(const std::string body, response.body->text(kAnswerBytesMax));
  SEAWALL_TRY(const auto lines, tlog::parse_signature_lines(body));
  for (const tlog::NoteSignature& line : lines) {
    if (place_.key.is_named_by(line) && place_.key.verifies(text, line)) return line;
  }
  return fail(Code::kInvalidInput, "answers without a signature of its key");
}

Result<tlog::NoteSignature> HeadSigner::sign(const tlog::SignedNote& note, std::uint64_t size, Prove prove,
                                             std::chrono::milliseconds deadline) {
  const auto named = [this](Error error) {
    return tl::unexpected(std::move(error).within(place_.key.name()));
  };
  if (signed_size_ > size) return named(lost(signed_size_, size).value());
  auto response = ask(note, prove, deadline);
  if (response && response->status == kStale) {
    if (auto learned = learn_size(*response, size); !learned) return named(std::move(learned).error());
    response = ask(note, prove, deadline);
  }
  if (!response) return named(std::move(response).error());
  if (response->status != kSigned) return named(refused(response->status).value());
  auto line = read(*response, note.text);
  if (!line) return named(std::move(line).error());
  signed_size_ = size;
  return line;
}

}  // namespace seawall
