#include <algorithm>
#include <cstring>
#include <memory>
#include <span>

#include "seawall/capi/detail/media_handle.h"
#include "seawall/capi/detail/status.h"
#include "seawall/crypto/digest.h"
#include "seawall/media/decoder.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"

struct seawall_decoder {
  std::unique_ptr<seawall::SandboxedDecoder> decoder;
};

namespace {

using seawall::Code;
using seawall::capi::guarded;
using seawall::capi::refuse;
using seawall::capi::status_of;

constexpr std::size_t kSniffedBytes = 64;
constexpr std::int32_t kWorkersMax = 1024;

std::span<const std::byte> bytes_of(const void* bytes, std::size_t n) {
  return {static_cast<const std::byte*>(bytes), n};
}

seawall_digests digests_for_c(const seawall::FileDigests& digests) {
  seawall_digests out{};
  std::memcpy(out.md5, digests.md5.data(), sizeof out.md5);
  std::memcpy(out.sha1, digests.sha1.data(), sizeof out.sha1);
  std::memcpy(out.sha256, digests.sha256.data(), sizeof out.sha256);
  out.size_bytes = digests.size_bytes;
  return out;
}

seawall_status read_media(seawall::MediaDecoder& decoder, std::span<const std::byte> file,
                          seawall::VariantProfile profile, seawall_media& media) {
  auto made = seawall::signals_of(decoder, file, {.profile = profile, .decode = {}});
  if (made) {
    media.signals = *std::move(made);
    return SEAWALL_OK;
  }
  if (made.error().code == Code::kUnavailable) return status_of(std::move(made).error());
  media.signals.info.type = seawall::sniff_media_type(file.first(std::min(kSniffedBytes, file.size())));
  media.signals.digests = seawall::digests_of(file);
  media.problem = made.error().message;
  media.decode_status = status_of(std::move(made).error());
  return SEAWALL_OK;
}

}  // namespace

extern "C" {

seawall_status seawall_digest(const void* bytes, size_t n, seawall_digests* out) {
  if (out == nullptr || (bytes == nullptr && n > 0)) return refuse("an argument is null");
  return guarded([&] {
    *out = digests_for_c(seawall::digests_of(bytes_of(bytes, n)));
    return SEAWALL_OK;
  });
}

seawall_status seawall_decoder_open(const char* worker_program, int32_t workers_max, seawall_decoder** out) {
  if (out == nullptr) return refuse("out is null");
  *out = nullptr;
  if (workers_max < 0 || workers_max > kWorkersMax) return refuse("workers_max must be 0 to 1024");
  return guarded([&] {
    seawall::SandboxOptions options;
    if (worker_program != nullptr) options.worker_program = worker_program;
    options.workers_max = workers_max;
    auto created = seawall::SandboxedDecoder::create(std::move(options));
    if (!created) return status_of(std::move(created).error());
    auto handle = std::make_unique<seawall_decoder>();
    handle->decoder = *std::move(created);
    *out = handle.release();
    return SEAWALL_OK;
  });
}

void seawall_decoder_free(seawall_decoder* decoder) { delete decoder; }

seawall_status seawall_media_read(seawall_decoder* decoder, const void* bytes, size_t n, int32_t variants,
                                  seawall_media** out) {
  if (out == nullptr) return refuse("out is null");
  *out = nullptr;
  if (decoder == nullptr || (bytes == nullptr && n > 0)) return refuse("an argument is null");
  if (variants < SEAWALL_VARIANTS_NONE || variants > SEAWALL_VARIANTS_THOROUGH) {
    return refuse("variants is none of SEAWALL_VARIANTS_NONE, _DEFAULT, _THOROUGH");
  }
  return guarded([&] {
    auto media = std::make_unique<seawall_media>();
    const auto profile = static_cast<seawall::VariantProfile>(variants - SEAWALL_VARIANTS_NONE);
    const seawall_status status = read_media(*decoder->decoder, bytes_of(bytes, n), profile, *media);
    if (status == SEAWALL_OK) *out = media.release();
    return status;
  });
}

void seawall_media_free(seawall_media* media) { delete media; }

seawall_status seawall_media_describe(const seawall_media* media, seawall_media_info* out) {
  if (media == nullptr || out == nullptr) return refuse("an argument is null");
  const seawall::MediaInfo& info = media->signals.info;
  *out = {};
  const std::string_view type = seawall::mime_type_of(info.type);
  type.copy(out->type, sizeof out->type - 1);
  out->width_px = info.width_px;
  out->height_px = info.height_px;
  out->frames = info.frames_total;
  out->frames_decoded = static_cast<std::int32_t>(media->signals.frames.size());
  out->truncated = info.truncated ? 1 : 0;
  out->decode_status = media->decode_status;
  out->digests = digests_for_c(media->signals.digests);
  return SEAWALL_OK;
}

const char* seawall_media_problem(const seawall_media* media) {
  return media == nullptr ? "" : media->problem.c_str();
}

seawall_status seawall_media_frame(const seawall_media* media, size_t place, seawall_frame* out) {
  if (media == nullptr || out == nullptr) return refuse("an argument is null");
  if (place >= media->signals.frames.size()) return refuse("there is no frame at this place");
  const seawall::FrameSignals& frame = media->signals.frames[place];
  *out = {seawall::capi::pdq_of(frame.pdq), frame.index, frame.time_ms};
  return SEAWALL_OK;
}

}  // extern "C"
