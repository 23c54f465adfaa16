// Property: any bytes are read as a subscription's state without a crash; one that was read is written and
// read back the same.
#include <cstdint>
#include <cstdlib>

#include "seawall/subscription/state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto state = seawall::state_from_text({reinterpret_cast<const char*>(data), size});
  if (!state) return 0;
  const std::string text = seawall::to_text(*state);
  if (text.size() > seawall::SubscriptionState::kTextBytesMax) return 0;
  const auto again = seawall::state_from_text(text);
  if (!again || !(*again == *state)) std::abort();
  return 0;
}
