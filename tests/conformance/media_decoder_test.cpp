// Runs the suite of the port MediaDecoder over its two adapters.
#include <cstdlib>

#include "media_decoder_suite.h"
#include "seawall/media_images/images_decoder.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"

// NOLINTNEXTLINE(bugprone-reserved-identifier): LeakSanitizer's own name. libx265, which only encodes the
// test files, keeps its tables.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libx265"; }  // NOLINT: as above

namespace seawall::test {
namespace {

std::unique_ptr<MediaDecoder> make_sandboxed() {
  auto decoder = SandboxedDecoder::create({.workers_max = 1});
  if (!decoder) std::abort();
  return *std::move(decoder);
}

INSTANTIATE_TEST_SUITE_P(InProcess, MediaDecoderSuite,
                         testing::Values(DecoderUnderTest{"images",
                                                          [] { return std::make_unique<ImagesDecoder>(); }}));
INSTANTIATE_TEST_SUITE_P(Sandboxed, MediaDecoderSuite,
                         testing::Values(DecoderUnderTest{"sandbox", make_sandboxed}));

}  // namespace
}  // namespace seawall::test
