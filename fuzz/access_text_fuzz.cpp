// Property: any bytes are read as a key, an address or a network without a crash; what was read is written
// back as a text that reads the same (a key: the same text), and a network holds its own first address.
#include <cstdint>
#include <cstdlib>

#include "seawall/access/key_text.h"
#include "seawall/net/network.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  seawall::KeyText key;
  if (key.read(text) == seawall::KeyTextFault::kNone && key.text().reveal() != text) std::abort();
  if (const auto address = seawall::PeerAddress::from_text(text)) {
    const auto again = seawall::PeerAddress::from_text(address->to_text());
    if (!again || !(*again == *address)) std::abort();
    if (!seawall::Network::around(*address, 24, 48).holds(*address)) std::abort();
  }
  if (const auto network = seawall::Network::from_text(text)) {
    const std::string written = network->to_text();
    const auto again = seawall::Network::from_text(written);
    if (!again || !(*again == *network)) std::abort();
    const auto first =
        seawall::PeerAddress::from_text(std::string_view(written).substr(0, written.find('/')));
    if (!first || !network->holds(*first)) std::abort();
  }
  return 0;
}
