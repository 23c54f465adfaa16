#include "seawall/qr/qr_rows.h"

#include <qrencode.h>

#include <memory>

namespace seawall {
namespace {

constexpr int kQuiet = 4;  // Light modules on each side, as the standard asks.

struct FreeCode {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

bool is_light(const QRcode& code, int x, int y) {
  if (x < 0 || y < 0 || x >= code.width || y >= code.width) return y < code.width + kQuiet;
  return (code.data[y * code.width + x] & 1) == 0;
}

std::string_view drawn(bool top_light, bool bottom_light) {
  if (top_light) return bottom_light ? "█" : "▀";
  return bottom_light ? "▄" : " ";
}

}  // namespace

Result<std::vector<std::string>> qr_rows(std::string_view text) {
  if (text.empty() || text.find('\0') != std::string_view::npos) {
    return fail(Code::kInvalidInput, "a QR code holds text");
  }
  if (text.size() > kQrBytesMax) return fail(Code::kLimitExceeded, "too long for a QR code");
  const std::string whole(text);
  const std::unique_ptr<QRcode, FreeCode> code(QRcode_encodeString8bit(whole.c_str(), 0, QR_ECLEVEL_L));
  if (!code) return fail(Code::kUnavailable, "a QR code cannot be drawn now");
  std::vector<std::string> rows;
  for (int y = -kQuiet; y < code->width + kQuiet; y += 2) {
    std::string& row = rows.emplace_back();
    for (int x = -kQuiet; x < code->width + kQuiet; ++x) {
      row += drawn(is_light(*code, x, y), is_light(*code, x, y + 1));
    }
  }
  return rows;
}

}  // namespace seawall
