#include "seawall/net_curl/detail/gunzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace seawall {
namespace {

constexpr int kGzipOnly = 16 + 15;  // zlib's way to say: gzip, with the largest window.

tl::unexpected<Error> damaged() {
  return fail(Code::kUnavailable, "the compressed answer is damaged or cut short");
}

}  // namespace

struct Gunzip::Impl {
  z_stream stream{};
  bool ready = false;
  bool ended = false;
  std::array<char, 32 * 1024> out{};
};

Gunzip::Gunzip() : impl_(std::make_unique<Impl>()) {
  impl_->ready = ::inflateInit2(&impl_->stream, kGzipOnly) == Z_OK;
}

Gunzip::~Gunzip() {
  if (impl_->ready) ::inflateEnd(&impl_->stream);
}

Result<void> Gunzip::take(std::string_view packed, FunctionRef<Result<void>(std::string_view)> put) {
  if (!impl_->ready) return fail(Code::kUnavailable, "no memory to unpack the answer");
  z_stream& stream = impl_->stream;
  // zlib wants a pointer that is not const, and does not write there.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.avail_out = 0;
  while (stream.avail_in > 0 || stream.avail_out == 0) {
    if (impl_->ended) return stream.avail_in > 0 ? Result<void>(damaged()) : Result<void>();
    stream.next_out = reinterpret_cast<Bytef*>(impl_->out.data());
    stream.avail_out = static_cast<uInt>(impl_->out.size());
    const int code = ::inflate(&stream, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return damaged();
    impl_->ended = code == Z_STREAM_END;
    SEAWALL_CHECK(put({impl_->out.data(), impl_->out.size() - stream.avail_out}));
    if (code == Z_BUF_ERROR) break;  // It needs more input.
  }
  return {};
}

Result<void> Gunzip::finish() const {
  if (!impl_->ended) return damaged();
  return {};
}

}  // namespace seawall
